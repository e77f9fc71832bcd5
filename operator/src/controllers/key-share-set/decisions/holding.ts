import type { Certificate, KeyReport } from '@mpc-operator/crds/control';
import type { KeyShareSet, MpcCluster } from '@mpc-operator/crds/generated/api';
import { equal } from '@mpc-operator/runtime/json';
import { type SeenNumbers, seenNumbers } from '../../../parties/attempt-numbers.ts';
import { commonGeneration, type Generation, primesReady } from '../../../parties/auxiliary.ts';
import { type Ban, bansBy } from '../../../parties/bans.ts';
import { type Strangers, strangersAmong } from '../../../parties/obstacles.ts';
import { isKnown, keyNamed, type PartyViews, unreadKey } from '../../../parties/view.ts';
import { awaitedRotations } from './awaited-rotations.ts';

/** What one party of a key holds under the key's name. */
export type Member =
  /**
   * The party is silent, or its keys are still being asked for.
   * @param unread why the party's report of this key cannot be read
   */
  | { readonly kind: 'unknown'; readonly id: number; readonly unread?: string }
  /** The party has no certificate. `key` may be the remains of a keygen, or a keygen that runs. */
  | { readonly kind: 'nothing'; readonly id: number; readonly ready: boolean; readonly key?: KeyReport }
  | { readonly kind: 'holds'; readonly id: number; readonly ready: boolean; readonly key: Held };

/** A key that has a certificate. */
export interface Held extends KeyReport {
  keyId: string;
  certificate: Certificate;
}

export interface Auxiliary {
  /** The generation that is final at all parties of the key and that all of them are part of. */
  readonly generation?: Generation;
  /** How many parties of the key have safe primes for the next generation, such as 2/3. */
  readonly primesReady: string;
  /** The triggers of policies that the cluster was asked to rotate for, too, and has not rotated for yet. */
  readonly awaited: readonly string[];
}

/** What all parties of a KeyShareSet hold. */
export interface Holding {
  readonly members: readonly Member[];
  /** The pairs of parties that have not met yet. */
  readonly strangers: readonly Strangers[];
  /** The numbers of attempts that the parties of the key have seen. */
  readonly seen: SeenNumbers;
  /**
   * The key, if at least the threshold of parties report the same of it, so that one of these parties must be honest.
   * Of their reports, this is the one with the highest certified epoch.
   */
  readonly key?: Held;
  /** The bans among the parties of the key: no ECDSA session runs between such parties. */
  readonly bans: readonly Ban[];
  /** What the parties need for ECDSA keys. */
  readonly auxiliary: Auxiliary;
  /** Why the parties cannot hold the key that the KeyShareSet is about. */
  readonly conflict?: string;
}

export function holdingOf(key: KeyShareSet, cluster: MpcCluster, views: PartyViews): Holding {
  const { name } = key.metadata;
  const ids = sorted(key.spec.parties);
  const members = ids.map(id => memberOf(id, name, views));
  const everyone = cluster.spec.parties.flatMap(({ id }) => keyNamed(views.get(id), name) ?? []);
  const held = everyone.filter(isHeld);
  const conflict = conflictOf(key, held);
  const agreed = conflict === undefined ? agreedKey(members, key.spec.threshold) : undefined;
  const generation = commonGeneration(ids, views);
  return {
    members,
    strangers: strangersAmong(ids, views),
    seen: seenNumbers(
      reportsOf(members).map(report => report.highest),
      key.spec.threshold,
    ),
    bans: bansBy(ids, views),
    auxiliary: {
      ...(generation && { generation }),
      primesReady: primesReady(ids, views),
      awaited: awaitedRotations(cluster, views),
    },
    ...(agreed === undefined ? {} : { key: agreed }),
    ...(conflict === undefined ? {} : { conflict }),
  };
}

function memberOf(id: number, name: string, views: PartyViews): Member {
  const view = views.get(id);
  if (!isKnown(view)) return { kind: 'unknown', id };
  const { ready } = view.report;
  const unread = unreadKey(view, name);
  if (unread !== undefined) return { kind: 'unknown', id, unread: unread.why };
  const key = keyNamed(view, name);
  if (key === undefined) return { kind: 'nothing', id, ready };
  if (isHeld(key)) return { kind: 'holds', id, ready, key };
  return { kind: 'nothing', id, ready, key };
}

/** The reports of all parties whose keys are known. */
export function reportsOf(members: readonly Member[]): readonly KeyReport[] {
  return members.flatMap(member => (member.kind === 'unknown' ? [] : (member.key ?? [])));
}

/** The parties that are silent, or not ready. */
export function absentMembers(members: readonly Member[]): readonly Member[] {
  return members.filter(member => member.kind === 'unknown' || !member.ready);
}

/** For each party that holds the key, the epoch below which all its shares are destroyed. */
export function erasedBelowOf(members: readonly Member[]): readonly number[] {
  return members.flatMap(member => (member.kind === 'holds' ? member.key.erasedBelow : []));
}

function isHeld(report: KeyReport): report is Held {
  return report.keyId !== undefined && report.certificate !== undefined;
}

/**
 * Returns the first difference between the keys that are held and the key that is asked for. In one cluster a name
 * stands for one key only.
 */
function conflictOf(key: KeyShareSet, held: readonly Held[]): string | undefined {
  const ids = new Set(held.map(report => report.keyId));
  if (ids.size > 1) {
    return `the parties hold different keys of the name ${key.metadata.name}: ${[...ids].sort().join(', ')}`;
  }
  return held.map(report => mismatchOf(key, report)).find(mismatch => mismatch !== undefined);
}

/** Returns why the key that a party holds under the name cannot be the key that is asked for; undefined if it can. */
export function mismatchOf({ spec }: KeyShareSet, report: KeyReport): string | undefined {
  for (const field of ['curve', 'purpose', 'threshold', 'parties'] as const) {
    const wanted = field === 'parties' ? sorted(spec.parties) : spec[field];
    const found = field === 'parties' ? sorted(report.spec.parties) : report.spec[field];
    if (!equal(wanted, found)) {
      return (
        `spec.${field} is ${show(wanted)}, but the parties hold a key of this name with ${field} ${show(found)}: ` +
        'ask for that, or take another name'
      );
    }
  }
  return undefined;
}

function agreedKey(members: readonly Member[], threshold: number): Held | undefined {
  const held = members.flatMap(member => (member.kind === 'holds' ? member.key : []));
  const [best] = held
    // A party reports the public key once all parties have activated it: before, the key may come to nothing.
    .filter(candidate => candidate.publicKey !== undefined)
    .filter(candidate => held.filter(other => saysTheSame(candidate, other)).length >= threshold)
    .filter(({ certificate, spec }) => certificate.acks.length === spec.parties.length)
    .sort((a, b) => b.certificate.epoch - a.certificate.epoch);
  return best;
}

/** Whether two reports agree on what never changes in a key. */
function saysTheSame(a: Held, b: Held): boolean {
  const of = ({ keyId, publicKey, internalKey, addresses }: Held) => ({ keyId, publicKey, internalKey, addresses });
  return equal(of(a), of(b));
}

function sorted(ids: readonly number[]): readonly number[] {
  return [...ids].sort((a, b) => a - b);
}

function show(value: string | number | readonly number[]): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}
