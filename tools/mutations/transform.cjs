// Takes one mechanism away while a source is compiled: the files on disk stay as they are.
const { createHash } = require('node:crypto');
const { relative } = require('node:path');

const swc = require('@swc/jest').default ?? require('@swc/jest');

/** The mutation that this run is about, as JSON in the environment: { file, find, replace }. */
const mutation = JSON.parse(process.env.VITALCACHE_MUTATION ?? 'null');
const root = process.cwd();

function mutated(source, path) {
  if (!mutation || relative(root, path) !== mutation.file) return source;
  if (source.split(mutation.find).length !== 2) {
    throw new Error(`${mutation.file} does not hold exactly once: ${mutation.find}`);
  }
  return source.replace(mutation.find, () => mutation.replace);
}

module.exports = {
  createTransformer(options) {
    const inner = swc.createTransformer(options);
    return {
      canInstrument: inner.canInstrument,
      process: (source, path, jest) => inner.process(mutated(source, path), path, jest),
      getCacheKey: (source, path, jest) =>
        createHash('sha256')
          .update(inner.getCacheKey(mutated(source, path), path, jest))
          .digest('hex'),
    };
  },
};
