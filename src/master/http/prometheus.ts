import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { version } from '../../../package.json';
import type { StateReader } from '../scheduler/view.ts';
import type { Health } from './health.ts';
import { COUNTERS, GAUGES, HISTOGRAMS, type Meter } from './metrics-table.ts';

type GaugeValues = Iterable<readonly [value: number, labels: Readonly<Record<string, string>>]>;

/** The metrics of a master, for Prometheus. */
export class PrometheusMeter implements Meter {
  readonly #registry = new Registry();
  readonly #counters: ReadonlyMap<string, Counter>;
  readonly #histograms: ReadonlyMap<string, Histogram>;
  /** null before it was read. */
  #state: StateReader | null = null;

  constructor(health: Pick<Health, 'isLeader' | 'isStoreWaiting'>) {
    const registers = [this.#registry];
    this.#counters = new Map(
      Object.entries(COUNTERS).map(([name, { labels, help }]) => {
        const counter = new Counter({ name, help, labelNames: Object.keys(labels), registers });
        for (const of of combinations(labels)) counter.inc(of, 0);
        return [name, counter];
      }),
    );
    this.#histograms = new Map(
      Object.entries(HISTOGRAMS).map(([name, { labels, help, buckets }]) => {
        const labelNames = Object.keys(labels);
        const histogram = new Histogram({ name, help, labelNames, registers, buckets });
        for (const of of combinations(labels)) histogram.zero(of);
        return [name, histogram];
      }),
    );
    const values: Record<keyof typeof GAUGES, () => GaugeValues> = {
      clic_master_info: () => [[1, { version, node: process.version }]],
      clic_master_leader: () => [[Number(health.isLeader), {}]],
      clic_master_tasks: () => byStatus(this.#state?.tasks.values() ?? []),
      clic_master_stages: () =>
        byStatus([...(this.#state?.active.values() ?? [])].flatMap(({ states }) => states)),
      clic_master_store_waiting: () => [[Number(health.isStoreWaiting), {}]],
    };
    for (const [name, valuesOf] of Object.entries(values)) {
      const { labels, help } = GAUGES[name as keyof typeof GAUGES];
      new Gauge({
        name,
        help,
        labelNames: [...labels],
        registers,
        collect() {
          this.reset();
          for (const [value, of] of valuesOf()) this.set(of, value);
        },
      });
    }
    collectDefaultMetrics({ register: this.#registry });
  }

  /** What is counted by gauges, from now on. */
  follow(state: StateReader): void {
    this.#state = state;
  }

  count(name: string, labels: Record<string, string>): void {
    this.#counters.get(name)?.inc(labels);
  }

  observe(name: string, seconds: number, labels: Record<string, string>): void {
    this.#histograms.get(name)?.observe(labels, seconds);
  }

  /** In the text format of Prometheus. */
  async text(): Promise<{ readonly type: string; readonly body: string }> {
    return { type: this.#registry.contentType, body: await this.#registry.metrics() };
  }
}

function byStatus(items: Iterable<{ readonly status: string }>): GaugeValues {
  const counts = new Map<string, number>();
  for (const { status } of items) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => [count, { status }]);
}

/** Every combination of the labels' values, so that what has not happened yet is told as 0. */
function combinations(labels: Readonly<Record<string, readonly string[]>>): Record<string, string>[] {
  let all: Record<string, string>[] = [{}];
  for (const [label, values] of Object.entries(labels))
    all = all.flatMap((of) => values.map((value) => ({ ...of, [label]: value })));
  return all;
}
