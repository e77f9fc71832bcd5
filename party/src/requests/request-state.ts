/** What a party remembers of the requests that are open: in memory only, and let go with the request. */
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { Course } from './status.ts';

/** Times are in milliseconds since 1970. */
export interface Memory {
  readonly uid: string;
  /** When this party first saw the request. */
  readonly seen: number;
  /** When it last noticed that somebody else works on it. */
  heard: number;
  /** The version of the request that it knows. */
  version: string | undefined;
  /** Sessions that it led. */
  attempts: number;
  /** It leads no session before. */
  rests: number;
  /** A presignature was not complete any more: this request is signed interactively. */
  interactively: boolean;
  /** Somebody asked for the signature that it has made already. */
  askedAgain: boolean;
  /** In how many sessions that came to nothing each party was. */
  readonly troubles: Map<PartyId, number>;
  /** Who provably misbehaved, and how. */
  readonly culprits: Map<PartyId, string>;
}

export class RequestStates {
  readonly #byName = new Map<string, Memory>();

  get(name: string): Memory | undefined {
    return this.#byName.get(name);
  }

  forget(name: string): void {
    this.#byName.delete(name);
  }

  /** That of this very request: of an earlier one of the same name nothing is remembered. A version that is new was written by another. */
  of({ metadata: { name, uid = '', resourceVersion: version } }: SignRequest, now: number): Memory {
    const known = this.#byName.get(name);
    if (known?.uid === uid) {
      if (known.version !== version) known.heard = now;
      known.version = version;
      return known;
    }
    const fresh: Memory = {
      uid,
      seen: now,
      heard: now,
      version,
      attempts: 0,
      rests: 0,
      interactively: false,
      askedAgain: false,
      troubles: new Map(),
      culprits: new Map(),
    };
    this.#byName.set(name, fresh);
    return fresh;
  }
}

/** What of it goes into a status. */
export const courseOf = ({ attempts, seen, culprits }: Memory): Course => ({
  attempts,
  seen: new Date(seen),
  culprits: [...culprits].map(([party, reason]) => ({ party, reason })),
});
