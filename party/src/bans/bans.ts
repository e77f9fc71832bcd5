/**
 * Who has provably broken threshold ECDSA in this cluster. Auxiliary information serves all keys, so whoever cheats with one is excluded from
 * all of that protocol. Nobody's word is taken for it: evidence is judged here, whoever brings it.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PartyReport } from '@mpc-operator/crds/control';
import type { Logger } from '@mpc-operator/runtime/log';
import type { EvidenceObject } from '../evidence/format.ts';
import { fingerprint, parsePublicIdentity } from '../identity/identity.ts';
import { partiesBanned } from '../metrics.ts';
import type { Peers } from '../peers/peers.ts';
import type { PartyId } from '../session/errors.ts';
import { bans as bansProjection } from '../store/projections.ts';
import type { Store } from '../store/store.ts';
import type { Computing } from '../threads/computing.ts';

export interface Ban {
  readonly party: PartyId;
  /** Which check it failed, in a session of which protocol. */
  readonly reason: string;
  /** SHA-256 of the evidence, by which its file is named. */
  readonly evidence: string;
}

export interface BansOptions {
  readonly store: Store;
  /** Evidence is kept in a folder beside it. */
  readonly storePath: string;
  readonly peers: Pick<Peers, 'me' | 'members'>;
  readonly computing: Pick<Computing, 'judge'>;
  readonly log: Logger;
  /** Somebody is banned now, or not any more. */
  readonly changed: () => void;
}

/** Evidence is about threshold ECDSA only if it is from there: other protocols exclude nobody. */
const PROTOCOLS = /^cggmp24\//;

export class Bans {
  readonly #options: BansOptions;
  readonly #byParty = new Map<PartyId, Ban>();
  readonly #listeners = new Set<(evidence: EvidenceObject) => void>();

  private constructor(options: BansOptions) {
    this.#options = options;
  }

  static async open(options: BansOptions): Promise<Bans> {
    const bans = new Bans(options);
    for (const [party, ban] of await options.store.all(bansProjection))
      bans.#byParty.set(Number(party), { party: Number(party), ...ban });
    partiesBanned.set(bans.#byParty.size);
    return bans;
  }

  has(party: PartyId): boolean {
    return this.#byParty.has(party);
  }

  all(): readonly Ban[] {
    return [...this.#byParty.values()].sort((a, b) => a.party - b.party);
  }

  report(): NonNullable<PartyReport['banned']> {
    return this.all().map(({ party, reason, evidence }) => ({ party, reason: `${reason}; evidence ${evidence}` }));
  }

  /** Calls `listener` with the evidence against whoever is banned from now on. */
  onBan(listener: (evidence: EvidenceObject) => void): void {
    this.#listeners.add(listener);
  }

  /** Judges evidence, and bans whom it convicts. Whoever is banned already needs no more. */
  async hear(evidence: EvidenceObject): Promise<void> {
    const { computing, log } = this.#options;
    const [accused] = evidence.messages;
    if (accused === undefined || this.has(accused.from) || !PROTOCOLS.test(evidence.session.protocol)) return;
    const expected = this.#fingerprintsOf(evidence);
    if (expected === undefined) return;
    const verdict = await computing.judge({ evidence, expected });
    if (verdict.confirmed) await this.#ban(verdict.culprit, evidence);
    else log.warn('evidence that shows nothing', { reporter: evidence.reporter, reason: verdict.reason });
  }

  /** An administrator lets a party take part again. @returns whether it was banned */
  async lift(party: PartyId): Promise<boolean> {
    const { store, log, changed } = this.#options;
    if (!this.has(party)) return false;
    await store.append([{ type: 'BanLifted', party }]);
    this.#byParty.delete(party);
    partiesBanned.set(this.#byParty.size);
    log.warn('a ban was lifted', { party });
    changed();
    return true;
  }

  /** What somebody was banned for, as JSON; undefined if nobody was for that. */
  async evidenceOf(party: PartyId): Promise<string | undefined> {
    const ban = this.#byParty.get(party);
    return ban && (await readFile(this.#fileOf(ban.evidence), 'utf8'));
  }

  /** Kept before it is recorded: a ban without its evidence could not be explained. */
  async #ban(party: PartyId, evidence: EvidenceObject): Promise<void> {
    const { store, log, changed } = this.#options;
    if (this.has(party)) return;
    const text = JSON.stringify(evidence);
    const digest = createHash('sha256').update(text).digest('hex');
    await mkdir(dirname(this.#fileOf(digest)), { recursive: true });
    await writeFile(this.#fileOf(digest), text);
    const reason = `${evidence.check} in ${evidence.session.session} (${evidence.session.protocol})`.slice(0, 256);
    await store.append([{ type: 'PartyBanned', party, reason, evidence: digest }]);
    this.#byParty.set(party, { party, reason, evidence: digest });
    partiesBanned.set(this.#byParty.size);
    log.error('a party has provably broken the protocol: it is excluded', { party, reason, evidence: digest });
    changed();
    for (const listener of this.#listeners) listener(evidence);
  }

  /** Those that are pinned here. Undefined if a party of the session is not known: then it was none of this cluster. */
  #fingerprintsOf({ session }: EvidenceObject): ReadonlyMap<PartyId, string> | undefined {
    try {
      const members = this.#options.peers.members(session.members.map(({ id }) => id));
      return new Map(
        members.map(({ id, identity }) => [
          id,
          fingerprint(parsePublicIdentity(Buffer.from(identity).toString('hex'))),
        ]),
      );
    } catch {
      return undefined;
    }
  }

  #fileOf(digest: string): string {
    return join(dirname(this.#options.storePath), 'evidence', `${digest}.json`);
  }
}
