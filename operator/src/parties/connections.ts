import { type Clock, systemClock } from '@mpc-operator/runtime/clock';
import type { Logger } from '@mpc-operator/runtime/log';
import { formatKey, type ObjectKey } from '@mpc-operator/runtime/object';
import type { Credentials, OpenBus } from './bus.ts';
import { PartyConnection } from './party-connection.ts';

/** Milliseconds within which a cluster gets its connection, once this process leads. */
const CONNECT_WITHIN = 30_000;

/** The connections to the parties: one for each MpcCluster. */
export class Connections {
  readonly #connections = new Map<string, PartyConnection>();
  readonly #listeners = new Set<(cluster: ObjectKey) => void>();
  readonly #open: OpenBus;
  readonly #log: Logger;
  readonly #clock: Clock;
  /** The time at which isSettled was first asked about a cluster without a connection, by cluster. */
  readonly #asked = new Map<string, number>();

  /**
   * @param open opens a bus
   * @param clock another clock, for tests
   */
  constructor(open: OpenBus, log: Logger, clock: Clock = systemClock) {
    this.#open = open;
    this.#log = log;
    this.#clock = clock;
  }

  /** Calls `listener` whenever something changes in what is known of the parties of a cluster. */
  onChange(listener: (cluster: ObjectKey) => void): void {
    this.#listeners.add(listener);
  }

  get(cluster: ObjectKey): PartyConnection | undefined {
    return this.#connections.get(formatKey(cluster));
  }

  /**
   * Whether the running parties of a cluster had the time to report. Where no connection is made, no party will report.
   */
  isSettled(cluster: ObjectKey): boolean {
    const connection = this.get(cluster);
    if (connection !== undefined) return connection.settled;
    const since = this.#asked.get(formatKey(cluster)) ?? this.#clock.now();
    this.#asked.set(formatKey(cluster), since);
    return this.#clock.now() - since >= CONNECT_WITHIN;
  }

  /** Returns the connection to a cluster's parties, with these credentials. */
  async ensure(cluster: ObjectKey, url: string, credentials: Credentials): Promise<PartyConnection> {
    const current = this.get(cluster);
    if (current !== undefined) {
      await current.use(credentials);
      return current;
    }
    const connection = new PartyConnection({
      url,
      credentials,
      open: this.#open,
      clock: this.#clock,
      log: this.#log.child({ cluster: formatKey(cluster) }),
      onChange: () => {
        for (const listener of this.#listeners) listener(cluster);
      },
    });
    this.#connections.set(formatKey(cluster), connection);
    return connection;
  }

  async close(cluster: ObjectKey): Promise<void> {
    const connection = this.#connections.get(formatKey(cluster));
    this.#connections.delete(formatKey(cluster));
    this.#asked.delete(formatKey(cluster));
    await connection?.close();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#connections.values()].map(connection => connection.close()));
    this.#connections.clear();
  }
}
