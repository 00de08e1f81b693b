import { FAILURE_CAUSES } from '../scheduler/events.ts';

/*
 * All metrics of a master, besides those of its process (`process_*`, `nodejs_*`). A label has few values, which are all known
 * here: none grows with tasks.
 */

const [SHORT, LONG] = [
  // In seconds: what is stored within milliseconds, and what runs for a day.
  [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  [0.001, 0.01, 0.1, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 24 * 3600],
];

export const GAUGES = {
  clic_master_info: {
    labels: ['version', 'node'],
    help: 'always 1; the versions of clic-master and of Node',
  },
  clic_master_leader: { labels: [], help: '1 where this process leads, 0 on a standby' },
  clic_master_tasks: { labels: ['status'], help: 'tasks that are kept' },
  clic_master_stages: { labels: ['status'], help: 'stages of tasks that are not over' },
  clic_master_store_waiting: { labels: [], help: "1 while the state can't be written" },
} as const;

export const COUNTERS = {
  clic_master_submissions_total: { labels: {}, help: 'plans that became tasks' },
  clic_master_refusals_total: {
    labels: { what: ['plan', 'report'] },
    help: 'plans that were refused, and reports that did not count',
  },
  clic_master_limit_hits_total: { labels: {}, help: 'times that a client hit a limit' },
  clic_master_tasks_ended_total: {
    labels: { status: ['COMPLETED', 'FAILED'] },
    help: 'tasks that have ended',
  },
  clic_master_launches_total: { labels: {}, help: 'attempts that were launched' },
  clic_master_failures_total: {
    labels: { reason: FAILURE_CAUSES, retried: ['true', 'false'] },
    help: 'attempts that failed',
  },
  clic_master_store_errors_total: {
    labels: { operation: ['load', 'read', 'write'] },
    help: 'what the store failed at',
  },
} as const;

export const HISTOGRAMS = {
  clic_master_queue_wait_seconds: {
    labels: {},
    buckets: LONG,
    help: 'from when a stage could run to its launch',
  },
  clic_master_run_time_seconds: {
    labels: { outcome: ['completed', 'failed'] },
    buckets: LONG,
    help: 'from the launch of an attempt to its end',
  },
  clic_master_store_seconds: {
    labels: { operation: ['load', 'read', 'write'] },
    buckets: SHORT,
    help: 'what the store was asked for',
  },
} as const;

type Labels<Spec> = Spec extends { readonly labels: infer Values }
  ? { readonly [Label in keyof Values]: Values[Label] extends readonly (infer Value)[] ? Value : never }
  : never;
type Counters = { readonly [Name in keyof typeof COUNTERS]: Labels<(typeof COUNTERS)[Name]> };
type Histograms = { readonly [Name in keyof typeof HISTOGRAMS]: Labels<(typeof HISTOGRAMS)[Name]> };

/** Takes what is counted and measured. */
export interface Meter {
  /** One more. */
  count<Name extends keyof Counters>(name: Name, labels: Counters[Name]): void;
  observe<Name extends keyof Histograms>(name: Name, seconds: number, labels: Histograms[Name]): void;
}
