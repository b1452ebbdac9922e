import fc from 'fast-check';

import { TemplatePredictor } from './template.predictor.js';

const MINUTE = 60_000;

/** Subjects that read one template after the other, a minute apart. */
function observing(predictor: TemplatePredictor, series: readonly string[], subjects: number) {
  for (let subject = 0; subject < subjects; subject++) {
    series.forEach((template, i) => predictor.observe(template, `s${subject}`, i * MINUTE));
  }
}

describe('TemplatePredictor', () => {
  it('predicts what follows, of the same subject', () => {
    const predictor = new TemplatePredictor();
    observing(predictor, ['record', 'labs'], 50);
    expect(predictor.predict('record')).toEqual([{ template: 'labs', probability: 1 }]);
    expect(predictor.predict('labs')).toEqual([]);
    expect(predictor.predict('unknown')).toEqual([]);
  });

  it('says nothing before it has seen enough', () => {
    const predictor = new TemplatePredictor({ minSupport: 20 });
    observing(predictor, ['record', 'labs'], 19);
    expect(predictor.predict('record')).toEqual([]);
    observing(predictor, ['record', 'labs'], 20);
    expect(predictor.predict('record')).toHaveLength(1);
  });

  it('says nothing that is not probable enough, and the less the fewer it has seen', () => {
    const after = (yes: number, no: number): number => {
      const predictor = new TemplatePredictor({ threshold: 0.5 });
      for (let i = 0; i < yes + no; i++) {
        predictor.observe('record', `s${i}`, 0);
        predictor.observe(i < yes ? 'labs' : `t${i % 7}`, `s${i}`, 1);
      }
      return predictor.predict('record').length;
    };
    expect([after(18, 2), after(12, 8), after(300, 200)]).toEqual([1, 0, 1]);
  });

  it('counts a subject that is not read again as one that nothing follows', () => {
    const predictor = new TemplatePredictor({ maxGapMs: 10 * MINUTE });
    observing(predictor, ['record', 'labs'], 30);
    expect(predictor.predict('record')).toHaveLength(1);
    for (let i = 0; i < 60; i++) predictor.observe('record', `left${i}`, 20 * MINUTE);
    for (let i = 0; i < 60; i++) predictor.observe('other', `x${i}`, 60 * MINUTE);
    expect(predictor.predict('record')).toEqual([]);
  });

  it('begins a new series after a long pause', () => {
    const predictor = new TemplatePredictor({ maxGapMs: 10 * MINUTE, minSupport: 1, threshold: 0 });
    for (let i = 0; i < 30; i++) {
      predictor.observe('record', 's', i * 40 * MINUTE);
      predictor.observe('labs', 's', i * 40 * MINUTE + MINUTE);
    }
    expect(predictor.predict('labs')).toEqual([]);
    expect(predictor.predict('record')).toHaveLength(1);
  });

  it('takes reading the same again for nothing new', () => {
    const predictor = new TemplatePredictor();
    observing(predictor, ['record', 'record', 'record', 'labs'], 30);
    expect(predictor.predict('record')).toEqual([{ template: 'labs', probability: 1 }]);
  });

  it('forgets what was learned long ago', () => {
    const predictor = new TemplatePredictor();
    const follow = (next: string, times: number): void => {
      for (let i = 0; i < times; i++) {
        predictor.observe('record', `${next}${i}`, 0);
        predictor.observe(next, `${next}${i}`, 1);
      }
    };
    follow('labs', 5_000);
    follow('allergies', 1_500);
    expect(predictor.predict('record').map(({ template }) => template)).toEqual(['allergies']);
  });

  it('never holds more than it may', () => {
    const observed = fc.tuple(fc.nat(40), fc.nat(40), fc.nat(1_000_000));
    fc.assert(
      fc.property(fc.array(observed, { minLength: 60, maxLength: 200 }), (reads) => {
        const predictor = new TemplatePredictor({ maxTemplates: 5, maxSubjects: 7 });
        for (const [t, s, at] of reads) predictor.observe(`t${t}`, `s${s}`, at);
        expect(predictor.size.subjects).toBeLessThanOrEqual(7);
        expect(predictor.size.templates).toBeLessThanOrEqual(5);
      }),
    );
  });
});
