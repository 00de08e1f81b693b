import { expect, it } from 'vitest';
import { Effort, nearest } from '../../src/plan/suggest.ts';

const NAMES = ['java-template', 'spark-template', 'split', 'a'];

it.each([
  ['jaav-template', 'java-template'],
  ['java-tmplate', 'java-template'],
  ['Spark-Template', 'spark-template'],
  ['splitt', 'split'],
  ['sparktemplate', 'spark-template'],
])('%s was meant to be %s', (written, meant) => {
  expect(nearest(written, NAMES)).toBe(meant);
});

it.each(['flink', 'zzzzzz', 'x'.repeat(65), 'bc'])('%s is near to nothing', (written) => {
  expect(nearest(written, NAMES)).toBeUndefined();
});

it('stops comparing when its effort is used up', () => {
  const whole = new Effort();
  const before = whole.left;
  nearest('splti', NAMES, whole);
  const twice = new Effort(2 * (before - whole.left));
  expect([1, 2, 3].map(() => nearest('splti', NAMES, twice))).toEqual(['split', 'split', undefined]);
});

it('looks at no more candidates than the effort allows, be they endless', () => {
  let seen = 0;
  function* endless(): Generator<string> {
    for (;;) yield `x${(seen += 1)}`;
  }
  expect(nearest('java-template', endless(), new Effort(1000))).toBeUndefined();
  expect(seen).toBe(1001);
});
