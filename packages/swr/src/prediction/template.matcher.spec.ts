import { KeyTemplate, VARIANT_SEPARATOR } from '@vitalcache/core';
import fc from 'fast-check';

import { TemplateMatcher } from './template.matcher.js';

describe('TemplateMatcher', () => {
  it('reads values out of keys', () => {
    const matcher = TemplateMatcher.of('labs:{ward}:x:{id}.v1')!;
    expect(matcher.values('labs:7:x:a.b.v1')).toEqual({ ward: '7', id: 'a.b' });
    expect(matcher.values('labs:7:x:a%3Ab%5D.v1')).toEqual({ ward: '7', id: 'a:b]' });
    expect(matcher.values('labs:%-:x:%0.v1')).toEqual({ ward: undefined, id: null });
  });

  it('takes no key that the template did not make', () => {
    const matcher = TemplateMatcher.of('labs:{ward}.v1')!;
    const variant = `labs:7.v1${VARIANT_SEPARATOR}de`;
    for (const key of ['labs:7', 'labs:7xv1', 'labs:7:8.v1', 'x:labs:7.v1', variant, 'labs:%.v1']) {
      expect(matcher.values(key)).toBeNull();
    }
    expect(TemplateMatcher.of('a:{id}:{id}')!.values('a:1:2')).toBeNull();
  });

  it.each(['{a}{b}', 'x:{a}-{b}', 'x:{a', 'x*:{a}', ''])('refuses %j', (source) => {
    expect(TemplateMatcher.of(source)).toBeNull();
  });

  it('always reads back the values that made a key', () => {
    const value = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.normalize());
    const nullable = fc.option(value, { nil: null });
    const template = new KeyTemplate('k:{a}-x:{b}+:{c}');
    const matcher = TemplateMatcher.of(template.source)!;
    fc.assert(
      fc.property(fc.record({ a: nullable, b: nullable, c: value }), (values) => {
        const key = template.render((name) => values[name as 'a']);
        expect(matcher.values(key)).toEqual(values);
      }),
    );
  });
});
