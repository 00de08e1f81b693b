import { expect, it } from 'vitest';
import { Suggester } from '../../src/plan/suggest.ts';

const NAMES = ['java-template', 'spark-template', 'split', 'a'];

it.each([
  ['jaav-template', 'java-template'],
  ['java-tmplate', 'java-template'],
  ['Spark-Template', 'spark-template'],
  ['splitt', 'split'],
  ['sparktemplate', 'spark-template'],
])('%s was meant to be %s', (written, meant) => {
  expect(new Suggester(NAMES).nearest(written)).toBe(meant);
});

it.each(['flink', 'zzzzzz', 'x'.repeat(65), 'bc'])('%s is near to nothing', (written) => {
  expect(new Suggester(NAMES).hint(written)).toBeUndefined();
});

it('stops comparing when its budget is used up', () => {
  const suggester = new Suggester(NAMES, 2 * NAMES.length);
  expect([1, 2, 3].map(() => suggester.nearest('splti'))).toEqual(['split', 'split', undefined]);
});
