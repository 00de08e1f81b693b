import { expect, it } from 'vitest';
import { isTaskOfPlan } from '../../src/model/names.ts';
import { randomSuffix } from '../../src/master/random-suffix.ts';

it('makes suffixes that name a task, all letters in use', () => {
  const suffixes = Array.from({ length: 1000 }, randomSuffix);
  expect(suffixes.filter((suffix) => !isTaskOfPlan(`p-${suffix}`, 'p'))).toEqual([]);
  expect(new Set(suffixes.join('')).size).toBe(26);
});
