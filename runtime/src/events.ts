import { ApiError, isAlreadyExists, isNotFound } from './api-error.ts';
import type { ApiClient } from './client.ts';
import { type Clock, jitter, sleep, systemClock } from './clock.ts';
import type { Logger } from './log.ts';
import { type KubernetesObject, keyOf } from './object.ts';
import { Event } from './resource.ts';
import { TokenBucket } from './token-bucket.ts';
import { microTimestamp } from './wire-time.ts';

export interface EventNote {
  readonly type: 'Normal' | 'Warning';
  /** The cause, as one CamelCase word that machines may look for. */
  readonly reason: string;
  /** The action that was taken or tried, as one CamelCase word. */
  readonly action: string;
  /** Text for people, cut at 1 kB. No secrets. */
  readonly note: string;
  readonly related?: KubernetesObject;
}

export interface EventRecorderOptions {
  readonly client: ApiClient;
  /** The program, such as `keyshare.dev/mpc-operator`. */
  readonly reportingController: string;
  /** The process, such as the name of its pod. */
  readonly reportingInstance: string;
  readonly log: Logger;
  readonly clock?: Clock;
}

/** Milliseconds without a repetition after which a series is over. */
const FINISH_AFTER = 6 * 60_000;
/**
 * Milliseconds between two writes of a series that goes on, so that the server does not forget it (events live for an
 * hour).
 */
const REFRESH_AFTER = 30 * 60_000;
const MAX_QUEUED = 1_000;
const MAX_TRIES = 12;
const RETRY_AFTER = 10_000;
/** The limit for each object and type: a burst of events, then one in five minutes. */
const SPAM = { perSecond: 1 / 300, burst: 25 };
const MAX_SPAM_FILTERS = 4_096;

interface Series {
  readonly event: Event;
  count: number;
  lastAt: number;
  writtenAt: number;
  lastObservedTime: string;
}

/**
 * Records events.k8s.io/v1 events as client-go does. Events that differ only in their notes are one event: the second
 * occurrence makes it a series, and further ones are counted here and written when the series ends. The recorder never
 * throws and never makes its caller wait: an event that cannot be written is logged and dropped.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #clock: Clock;
  readonly #series = new Map<string, Series>();
  readonly #filters = new Map<string, TokenBucket>();
  readonly #queue: Series[] = [];
  readonly #stop = new AbortController();
  #writing: Promise<void> | undefined;
  #cancelSweep: (() => void) | undefined;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  event(regarding: KubernetesObject, note: EventNote): void {
    const now = this.#clock.now();
    const id = JSON.stringify([reference(regarding), note.type, note.reason, note.action, note.related?.metadata.uid]);
    const series = this.#series.get(id);
    if (series !== undefined) {
      series.count += 1;
      series.lastAt = now;
      series.lastObservedTime = microTimestamp(this.#clock.date());
      if (series.count === 2) this.#enqueue(series);
    } else if (this.#mayPass(regarding, note)) {
      const event = this.#make(regarding, note);
      const first = { event, count: 1, lastAt: now, writtenAt: now, lastObservedTime: event.eventTime ?? '' };
      this.#series.set(id, first);
      this.#cancelSweep ??= this.#clock.after(FINISH_AFTER, () => this.#sweep());
      this.#enqueue(first);
    }
  }

  /** Writes what is queued and the counts of all series, until the signal aborts. */
  async close(signal: AbortSignal): Promise<void> {
    this.#cancelSweep?.();
    signal.addEventListener('abort', () => this.#stop.abort(), { once: true });
    for (const series of this.#series.values()) if (series.count > 2) this.#enqueue(series);
    await this.#writing;
    this.#stop.abort();
  }

  #mayPass(regarding: KubernetesObject, note: EventNote): boolean {
    const id = JSON.stringify([reference(regarding), note.type]);
    const filter = this.#filters.get(id) ?? new TokenBucket({ ...SPAM, clock: this.#clock });
    // Moves the filter to the end, so that the first is the one that was used least recently.
    this.#filters.delete(id);
    this.#filters.set(id, filter);
    const [oldest] = this.#filters.keys();
    if (this.#filters.size > MAX_SPAM_FILTERS && oldest !== undefined) this.#filters.delete(oldest);
    return filter.tryTake();
  }

  #make(regarding: KubernetesObject, { type, reason, action, note, related }: EventNote): Event {
    const { name, namespace } = regarding.metadata;
    const date = this.#clock.date();
    const unique = (BigInt(date.getTime()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n)).toString(16);
    return {
      apiVersion: Event.apiVersion,
      kind: Event.kind,
      metadata: { name: `${name.slice(0, 230)}.${unique}`, namespace: namespace ?? 'default' },
      eventTime: microTimestamp(date),
      reportingController: this.#options.reportingController,
      reportingInstance: this.#options.reportingInstance.slice(0, 128),
      type,
      reason,
      action,
      note: cut(note),
      regarding: reference(regarding),
      ...(related ? { related: reference(related) } : {}),
    };
  }

  #enqueue(series: Series): void {
    if (this.#queue.includes(series)) return;
    if (this.#queue.length >= MAX_QUEUED) {
      this.#options.log.warn('too many events are queued: one is dropped', { reason: series.event.reason });
      return;
    }
    this.#queue.push(series);
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = undefined;
    });
  }

  async #drain(): Promise<void> {
    for (let series = this.#queue.shift(); series !== undefined; series = this.#queue.shift()) {
      await this.#write(series);
    }
  }

  async #write(series: Series): Promise<void> {
    for (let tries = 1; !this.#stop.signal.aborted; tries++) {
      try {
        await this.#send(series);
        series.writtenAt = this.#clock.now();
        return;
      } catch (error) {
        const retry = !(error instanceof ApiError) || (isAlreadyExists(error) && series.count > 1);
        if (!retry || tries >= MAX_TRIES) {
          this.#options.log.warn('an event was dropped', { error, event: series.event, reason: series.event.reason });
          return;
        }
        await sleep(this.#clock, jitter(RETRY_AFTER, 0.25), this.#stop.signal).catch(() => undefined);
      }
    }
  }

  async #send({ event, count, lastObservedTime }: Series): Promise<void> {
    const signal = this.#stop.signal;
    if (count === 1) {
      await this.#options.client.create(Event, event, { signal });
      return;
    }
    const series = { count, lastObservedTime };
    try {
      await this.#options.client.mergePatch(Event, keyOf(event), { series }, { signal });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await this.#options.client.create(Event, { ...event, series }, { signal });
    }
  }

  /** Ends the series that are over, and reminds the server of those that go on. */
  #sweep(): void {
    const now = this.#clock.now();
    for (const [id, series] of this.#series) {
      const over = now - series.lastAt > FINISH_AFTER;
      if (over) this.#series.delete(id);
      if (series.count > 2 && (over || now - series.writtenAt > REFRESH_AFTER)) this.#enqueue(series);
    }
    this.#cancelSweep = this.#series.size > 0 ? this.#clock.after(FINISH_AFTER, () => this.#sweep()) : undefined;
  }
}

/** Cuts a note to the 1024 bytes that the server takes. */
function cut(note: string): string {
  return Buffer.from(note).subarray(0, 1_000).toString();
}

function reference(object: KubernetesObject) {
  const { apiVersion, kind, metadata } = object;
  const { namespace, name, uid } = metadata;
  return {
    apiVersion,
    kind,
    name,
    ...(namespace ? { namespace } : {}),
    ...(uid ? { uid } : {}),
  };
}
