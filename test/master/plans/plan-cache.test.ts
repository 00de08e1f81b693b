import { expect, it } from 'vitest';
import { PlanCache } from '../../../src/master/plans/plan-cache.ts';
import { planRecord } from '../../../src/master/state/submission.ts';
import { chain } from '../scheduler/support/plans.ts';

const known = (stages = 1) => ({ plan: planRecord(chain(stages)), content: { text: 'digest', dags: [] } });

it('forgets the plan that was asked for the longest time ago', () => {
  const cache = new PlanCache({ plans: 2, characters: 1_000_000 });
  cache.set('a', known());
  cache.set('b', known());
  expect(cache.get('a')).not.toBeNull();
  cache.set('c', known());
  expect(cache.get('a')).not.toBeNull();
  expect(cache.get('b')).toBeNull();
  expect(cache.get('c')).not.toBeNull();
});

it('keeps one plan for what it is asked for with, the latest', () => {
  const cache = new PlanCache({ plans: 2, characters: 1_000_000 });
  const [first, second] = [known(1), known(2)];
  cache.set('other', known());
  cache.set('a', first);
  cache.set('a', second);
  expect(cache.get('a')?.plan).toBe(second.plan);
  expect(cache.get('other')).not.toBeNull();
  cache.delete('a');
  expect(cache.get('a')).toBeNull();
});

it('keeps no more than so much, and no plan that is most of it', () => {
  const cache = new PlanCache({ plans: 64, characters: 20_000 });
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']) cache.set(key, known(100));
  expect(cache.get('j')).not.toBeNull();
  expect(cache.get('a')).toBeNull();
  cache.set('huge', known(1000));
  expect(cache.get('huge')).toBeNull();
  expect(cache.get('j')).not.toBeNull();
});
