import fc from 'fast-check';
import type { Plan } from '../../../../src/model/plan.ts';
import type { ReportEvent, UserEvent } from '../../../../src/master/scheduler/events.ts';
import type { Ending } from './machine.ts';
import { planOf } from './plans.ts';

type What = ReportEvent['kind'] | UserEvent['kind'];

/** Something that happens. Stages are meant by a number, of which the world makes one that it has. */
export type Action =
  | { readonly kind: 'submit'; readonly plan: Plan }
  /** What a user asks, or a program reports: that of the latest attempt, or of one that many before. */
  | { readonly kind: 'tell'; readonly what: What; readonly pick: number; readonly late: number }
  /** An attempt that runs ends. */
  | { readonly kind: 'end'; readonly how: Ending; readonly pick: number }
  /** An exit is reported again, late, or of something that never ran. */
  | { readonly kind: 'stray-exit'; readonly how: Ending; readonly pick: number; readonly attempt: number }
  | { readonly kind: 'pass-time'; readonly ms: number }
  | { readonly kind: 'expire' }
  /** Another scheduler is made of the records, and from then on compared with the one at work. */
  | { readonly kind: 'twin' }
  /** The master goes on from the records, after a kill, or after a shutdown. */
  | { readonly kind: 'crash' }
  | { readonly kind: 'shutdown' };

/** A plan without cycles, in which stages may depend on those before or on those after them. */
const plans: fc.Arbitrary<Plan> = fc
  .tuple(
    fc.array(fc.nat(255), { minLength: 1, maxLength: 7 }),
    fc.boolean(),
    fc.constantFrom(null, null, 1, 2),
  )
  .map(([masks, isReversed, parallelism]) => {
    const parents = masks.map((mask, at) =>
      masks.flatMap((_, parent) => (parent < at && (mask >> parent) & 1 ? [parent] : [])),
    );
    const last = masks.length - 1;
    const graph = isReversed
      ? parents.map((of) => of.map((parent) => last - parent).reverse()).reverse()
      : parents;
    return { ...planOf(...graph), parallelism };
  });

const endings: fc.Arbitrary<Ending> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Ending>({ kind: 'exited', exitCode: 0, signal: null }) },
  { weight: 3, arbitrary: fc.constant<Ending>({ kind: 'exited', exitCode: 1, signal: null }) },
  { weight: 1, arbitrary: fc.constant<Ending>({ kind: 'exited', exitCode: null, signal: 'SIGKILL' }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(1), fc.nat(3000))
      .map(([exitCode, endedAt]): Ending => ({ kind: 'exited', exitCode, signal: null, endedAt })),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Ending>({ kind: 'failed-to-start', reason: 'not found', isFinal: false }),
  },
  { weight: 1, arbitrary: fc.constant<Ending>({ kind: 'lost' }) },
  { weight: 1, arbitrary: fc.constant<Ending>({ kind: 'displaced', reason: 'Evicted' }) },
);

const pick = fc.nat(1000);
const what = fc.constantFrom<What>('started', 'prepared', 'prepared', 'completed', 'suspend', 'continue');

export const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('submit' as const), plan: plans }) },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('tell' as const),
        what,
        pick,
        late: fc.constantFrom(0, 0, 0, 1),
      }),
    },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('end' as const), how: endings, pick }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('stray-exit' as const),
        how: endings,
        pick,
        attempt: fc.nat(4),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass-time' as const), ms: fc.nat(40) }) },
    { weight: 1, arbitrary: fc.constant<Action>({ kind: 'expire' }) },
    { weight: 2, arbitrary: fc.constant<Action>({ kind: 'twin' }) },
    { weight: 1, arbitrary: fc.constant<Action>({ kind: 'crash' }) },
    { weight: 1, arbitrary: fc.constant<Action>({ kind: 'shutdown' }) },
  ),
  { minLength: 1, maxLength: 80, size: 'max' },
);
