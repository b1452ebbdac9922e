import { NextReadPredictor } from './next-read.predictor.js';
import { TemplateMatcher } from './template.matcher.js';

const targets = ['labs:{patient}', 'visit:{patient}:{clinic}', 'settings'].map((source) =>
  TemplateMatcher.of(source)!,
);

describe('NextReadPredictor', () => {
  it('fills the values of the prediction in from the read before', () => {
    const predictor = new NextReadPredictor(targets);
    const read = (patient: string, at: number) => {
      const values = { clinic: 'c', patient };
      const next = predictor.observe('record:{clinic}:{patient}', values, at);
      predictor.observe('labs:{patient}', { patient }, at + 1);
      predictor.observe('settings', {}, at + 2);
      return next;
    };
    for (let i = 0; i < 40; i++) expect(read(`${i}`, i * 10).length).toBe(i < 20 ? 0 : 1);
    expect(read('x', 1_000)).toEqual([
      { template: 'labs:{patient}', values: { patient: 'x' }, probability: 1 },
    ]);
  });

  it('keeps subjects apart: what is read of another patient, or in another clinic, does not follow', () => {
    const predictor = new NextReadPredictor(targets);
    for (let i = 0; i < 100; i++) {
      predictor.observe('record:{patient}', { patient: `${i}` }, i * 10);
      const next = predictor.observe('labs:{patient}', { patient: `${i + 1_000}` }, i * 10 + 1);
      expect(next).toEqual([]);
    }
    expect(predictor.observe('record:{patient}', { patient: 'x' }, 2_000)).toEqual([]);
  });

  it('predicts only what it was given as a target, and nothing without a subject', () => {
    const predictor = new NextReadPredictor(targets);
    for (let i = 0; i < 100; i++) {
      const patient = `${i}`;
      const all = [
        ...predictor.observe('labs:{patient}', { patient }, i * 10),
        ...predictor.observe('record:{patient}', { patient }, i * 10 + 1),
        ...predictor.observe('settings', {}, i * 10 + 2),
      ];
      expect(all).toEqual([]);
    }
  });
});
