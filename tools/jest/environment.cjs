'use strict';
// Jest runs tests in a realm of their own, so errors, dates and promises made by Node's core fail
// `instanceof` there and code takes another branch than in production. Accept both realms.
const { TestEnvironment } = require('jest-environment-node');

const NAMES = [
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'AggregateError',
  'Promise',
  'Date',
  'Map',
  'Set',
  'RegExp',
  'Array',
  'Object',
  'Function',
];

module.exports = class TwoRealmEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    const ordinary = Function.prototype[Symbol.hasInstance];
    for (const name of NAMES) {
      const inner = this.global[name];
      const outer = globalThis[name];
      Object.defineProperty(inner, Symbol.hasInstance, {
        configurable: true,
        value(candidate) {
          return (
            ordinary.call(this, candidate) || (this === inner && ordinary.call(outer, candidate))
          );
        },
      });
    }
  }
};
