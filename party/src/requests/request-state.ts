/** What a party remembers of the requests that are open: in memory only, and forgotten with the request. */
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import type { EventRecorder } from '@mpc-operator/runtime/events';
import { Misbehaviour } from '../protocol/session/errors.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { Progress } from './status.ts';

/** Times are in milliseconds since 1970. */
export interface RequestState {
  readonly uid: string;
  /** When this party first saw the request. */
  readonly seen: number;
  /** When this party last noticed that another party works on the request. */
  lastActivity: number;
  /** The resourceVersion of the request that this party knows. */
  version: string | undefined;
  /** The number of sessions that this party led. */
  attempts: number;
  /** The earliest time at which this party leads its next session. */
  notBefore: number;
  /** A presignature was not complete any more, so this request is signed interactively. */
  interactively: boolean;
  /** Another party asked for the signature that this party has made already. */
  askedAgain: boolean;
  /** For each party, the number of failed sessions that it took part in. */
  readonly failures: Map<PartyId, number>;
  /** The parties that provably misbehaved, and how. */
  readonly culprits: Map<PartyId, string>;
}

export interface RequestStatesOptions {
  readonly events: Pick<EventRecorder, 'event'>;
  /** The present time, in milliseconds since 1970. */
  readonly now: () => number;
}

export class RequestStates {
  readonly #options: RequestStatesOptions;
  readonly #byName = new Map<string, RequestState>();
  readonly #listeners = new Set<(name: string) => void>();

  constructor(options: RequestStatesOptions) {
    this.#options = options;
  }

  /** Calls `listener` with the name of a request that should be reconciled now, because of what a session showed. */
  onChange(listener: (name: string) => void): void {
    this.#listeners.add(listener);
  }

  forget(name: string): void {
    this.#byName.delete(name);
  }

  /**
   * The state of this very request: nothing is remembered of an earlier request of the same name. A version that is new
   * here was written by another party.
   */
  of({ metadata: { name, uid = '', resourceVersion: version } }: SignRequest): RequestState {
    const now = this.#options.now();
    const known = this.#byName.get(name);
    if (known?.uid === uid) {
      if (known.version !== version) known.lastActivity = now;
      known.version = version;
      return known;
    }
    const fresh: RequestState = {
      uid,
      seen: now,
      lastActivity: now,
      version,
      attempts: 0,
      notBefore: 0,
      interactively: false,
      askedAgain: false,
      failures: new Map(),
      culprits: new Map(),
    };
    this.#byName.set(name, fresh);
    return fresh;
  }

  /** Another party works on the request: this party joins its session. */
  othersActive(name: string): void {
    const state = this.#byName.get(name);
    if (state !== undefined) state.lastActivity = this.#options.now();
  }

  /** Another party asks for a signature that this party has made: this party publishes the signature at once. */
  askedAgain(name: string): void {
    const state = this.#byName.get(name);
    if (state !== undefined) state.askedAgain = true;
    this.#tell(name);
  }

  /** A session that this party had joined has failed. The parties that broke it are not waited for, and not asked. */
  sessionFailed(request: SignRequest, error: unknown): void {
    if (error instanceof Misbehaviour) this.blame(request, error);
    this.#tell(request.metadata.name);
  }

  /** Parties provably broke a session of the request: they are never asked again, and an event names them. */
  blame(request: SignRequest, { culprits, message }: Misbehaviour): void {
    const state = this.#byName.get(request.metadata.name);
    if (state === undefined || state.uid !== request.metadata.uid) return;
    for (const party of culprits) state.culprits.set(party, message.slice(0, 256));
    this.#options.events.event(request, { type: 'Warning', reason: 'Misbehaviour', action: 'Sign', note: message });
  }

  #tell(name: string): void {
    for (const listener of this.#listeners) listener(name);
  }
}

/** The part of the state that goes into a status. */
export const progressOf = ({ attempts, seen, culprits }: RequestState): Progress => ({
  attempts,
  seen: new Date(seen),
  culprits: [...culprits].map(([party, reason]) => ({ party, reason })),
});
