import type { Log } from '../log.ts';
import type { Happening } from '../scheduler/events.ts';
import type { StateReader } from '../scheduler/view.ts';
import type { Store } from '../store/store.ts';
import { Health } from './health.ts';
import { measure } from './measure.ts';
import { meteredStore } from './metered-store.ts';
import type { Meter } from './metrics-table.ts';

/** What a process tells of itself while it runs, to whoever probes and measures it. */
export interface Observer {
  readonly health: Health;
  readonly meter: Meter;
  happened(happening: Happening): void;
  /** The store, so that what it takes is seen. */
  watch(store: Store): Store;
  /** The state, once it was read. */
  follow(state: StateReader): void;
  close(): Promise<void>;
}

/** Tells nobody. */
function silentObserver(): Observer {
  return {
    health: new Health(),
    meter: { count: () => undefined, observe: () => undefined },
    happened: () => undefined,
    watch: (store) => store,
    follow: () => undefined,
    close: () => Promise.resolve(),
  };
}

/**
 * Tells it over HTTP, where a port is given; 0 is a free one.
 * @throws ConfigError the port can't be had
 */
export async function openObserver(
  { httpHost: host, httpPort: port }: { readonly httpHost: string; readonly httpPort: number | null },
  log: Pick<Log, 'info'>,
): Promise<Observer> {
  if (port === null) return silentObserver();
  const [{ PrometheusMeter }, { startHttpServer }] = await Promise.all([
    import('./prometheus.ts'),
    import('./server.ts'),
  ]);
  const health = new Health();
  const meter = new PrometheusMeter(health);
  const server = await startHttpServer(
    { host, port },
    { unreadiness: () => health.unreadiness(), metrics: () => meter.text() },
  );
  const name = host.includes(':') ? `[${host}]` : host;
  log.info(`health and metrics: http://${name}:${server.port}/`, { port: server.port });
  return {
    health,
    meter,
    happened: (happening) => measure(meter, happening, Date.now()),
    watch: (store) => meteredStore(store, meter, health),
    follow: (state) => meter.follow(state),
    close: () => server.close(),
  };
}
