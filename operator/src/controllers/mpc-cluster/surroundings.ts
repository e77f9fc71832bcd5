import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import type { ApiClient } from '@mpc-operator/runtime/client';
import type { Clock } from '@mpc-operator/runtime/clock';
import type { Logger } from '@mpc-operator/runtime/log';
import { formatKey, type ObjectKey } from '@mpc-operator/runtime/object';
import { Event, Node } from '@mpc-operator/runtime/resource';
import { zonesOf } from './children/metadata.ts';
import { ZONE } from './children/placement.ts';
import type { Explained, Explanations } from './decisions/pod-trouble.ts';
import type { ZoneNodes } from './decisions/zones-spread.ts';

/** Milliseconds for which an answer serves all reconciles: while pods start, each change of one is a reconcile. */
const EVENTS_KEPT = 5_000;
/** Milliseconds after which a zone is asked for again. Zones that have nodes seldom lose them all. */
const FOUND_KEPT = 300_000;
const MISSED_KEPT = 5_000;

interface Call {
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/**
 * Reads what surrounds a cluster and no cache holds: events, when pods do not start, and whether zones have nodes. Both
 * are too many and change too often to be watched, so they are asked for when they are needed, and not too often.
 */
export class Surroundings {
  readonly #client: ApiClient;
  readonly #clock: Clock;
  readonly #events = new Map<string, { readonly at: number; readonly kinds: string; readonly found: Explanations }>();
  /** The last answers about nodes, by their labels. */
  readonly #nodes = new Map<string, { readonly at: number; readonly found: boolean }>();
  /** Why nodes could not be read at the last try. */
  #unreadable: { readonly at: number; readonly failure: string } | undefined;

  constructor(client: ApiClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** Returns the events about objects of these kinds in the namespace of a cluster. */
  async explanations(key: ObjectKey, wanted: readonly Explained[], { signal, log }: Call): Promise<Explanations> {
    const kinds = [...new Set(wanted)].sort();
    if (kinds.length === 0) return { events: [] };
    const last = this.#events.get(formatKey(key));
    if (last?.kinds === kinds.join() && this.#clock.now() - last.at < EVENTS_KEPT) return last.found;
    const found = await this.#read(key.namespace, kinds, signal);
    if (found.unreadable !== undefined) log.info('events cannot be read', { reason: found.unreadable });
    this.#events.set(formatKey(key), { at: this.#clock.now(), kinds: kinds.join(), found });
    return found;
  }

  /** Returns in which zones of a cluster no node is that its parties may run on. */
  async zones(cluster: MpcCluster, { signal, log }: Call): Promise<ZoneNodes> {
    const labels = Object.entries(cluster.spec.placement?.party?.nodeSelector ?? {}).map(([k, v]) => `${k}=${v}`);
    const unknown = (failure: string) => ({ empty: [], labels, unknown: zonesOf(cluster), failure });
    const last = this.#unreadable;
    if (last !== undefined && this.#clock.now() - last.at < MISSED_KEPT) return unknown(last.failure);
    const empty: string[] = [];
    try {
      for (const zone of zonesOf(cluster)) {
        if (!(await this.#hasNode([`${ZONE}=${zone}`, ...labels].join(), signal))) empty.push(zone);
      }
      return { empty, labels, unknown: [] };
    } catch (error) {
      signal.throwIfAborted();
      const failure = messageOf(error);
      this.#unreadable = { at: this.#clock.now(), failure };
      log.info('nodes cannot be read', { reason: failure });
      return unknown(failure);
    }
  }

  forget(key: ObjectKey): void {
    this.#events.delete(formatKey(key));
  }

  async #read(namespace: string, kinds: readonly string[], signal: AbortSignal): Promise<Explanations> {
    try {
      const lists = await Promise.all(
        kinds.map(kind => this.#client.list(Event, { namespace, fieldSelector: `regarding.kind=${kind}`, signal })),
      );
      return { events: lists.flatMap(list => list.items) };
    } catch (error) {
      signal.throwIfAborted();
      return { events: [], unreadable: messageOf(error) };
    }
  }

  async #hasNode(labelSelector: string, signal: AbortSignal): Promise<boolean> {
    const now = this.#clock.now();
    for (const [labels, { at, found }] of this.#nodes) {
      if (now - at >= (found ? FOUND_KEPT : MISSED_KEPT)) this.#nodes.delete(labels);
    }
    const known = this.#nodes.get(labelSelector);
    if (known !== undefined) return known.found;
    const { items } = await this.#client.list(Node, { labelSelector, limit: 1, signal });
    const found = items.length > 0;
    this.#nodes.set(labelSelector, { at: this.#clock.now(), found });
    return found;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
