/**
 * The parties that have provably broken threshold ECDSA in this cluster. Auxiliary information serves all keys, so a
 * party that cheats with one key is excluded from all of that protocol. No party is believed: this party judges all
 * evidence itself.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PartyReport } from '@mpc-operator/crds/control';
import type { Logger } from '@mpc-operator/runtime/log';
import { partiesBanned } from '../metrics.ts';
import type { Peers } from '../peers/peers.ts';
import { hex, unhex } from '../protocol/evidence/fields.ts';
import { type EvidenceObject, readEvidence } from '../protocol/evidence/format.ts';
import { fingerprint, parsePublicIdentity } from '../protocol/identity/identity.ts';
import { readHeader } from '../protocol/session/envelope.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { bans as bansProjection, liftedBans } from '../store/projections.ts';
import type { Store } from '../store/store.ts';
import type { WorkerPool } from '../threads/worker-pool.ts';

export interface Ban {
  readonly party: PartyId;
  /** The check that the party failed, with the session and its protocol. */
  readonly reason: string;
  /** The SHA-256 of the evidence, which is the name of its file. */
  readonly evidence: string;
}

export interface BansOptions {
  readonly store: Store;
  /** The path of the store. Evidence is kept in a folder beside it. */
  readonly storePath: string;
  readonly peers: Pick<Peers, 'me' | 'members'>;
  readonly workers: Pick<WorkerPool, 'judge'>;
  readonly log: Logger;
  /** A party was banned, or a ban was lifted. */
  readonly changed: () => void;
}

/** The protocols of threshold ECDSA. Evidence from a session of any other protocol bans nobody. */
const PROTOCOLS = /^cggmp24\//;

export class Bans {
  readonly #options: BansOptions;
  readonly #byParty = new Map<PartyId, Ban>();
  /** The lifted bans, by party and session. */
  readonly #lifted = new Set<string>();
  readonly #listeners = new Set<(evidence: EvidenceObject) => void>();
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: BansOptions) {
    this.#options = options;
  }

  static async open(options: BansOptions): Promise<Bans> {
    const bans = new Bans(options);
    for (const [party, ban] of await options.store.all(bansProjection))
      bans.#byParty.set(Number(party), { party: Number(party), ...ban });
    for (const lifted of (await options.store.all(liftedBans)).keys()) bans.#lifted.add(lifted);
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

  /** Calls `listener` with the evidence against each party that is banned from now on. */
  onBan(listener: (evidence: EvidenceObject) => void): void {
    this.#listeners.add(listener);
  }

  /**
   * Judges evidence, and bans the party that it convicts. Evidence is ignored if the party is banned already, or if a
   * ban for the same session was lifted.
   */
  async hear(evidence: EvidenceObject): Promise<void> {
    const { workers, log } = this.#options;
    const [accused] = evidence.messages;
    if (accused === undefined || !PROTOCOLS.test(evidence.session.protocol)) return;
    if (this.#isSettled(accused.from, evidence)) return;
    const expected = this.#fingerprintsOf(evidence);
    if (expected === undefined) return;
    const verdict = await workers.judge({ evidence, expected });
    if (verdict.confirmed) await this.#inTurn(() => this.#ban(verdict.culprit, evidence));
    else log.warn('evidence that shows nothing', { reporter: evidence.reporter, reason: verdict.reason });
  }

  /** Lifts the ban of a party, as an administrator has asked. @returns whether the party was banned */
  async lift(party: PartyId): Promise<boolean> {
    return await this.#inTurn(() => this.#lift(party));
  }

  /** The evidence that a party was banned for, as JSON; undefined if the party is not banned. */
  async evidenceOf(party: PartyId): Promise<string | undefined> {
    const ban = this.#byParty.get(party);
    return ban && (await readFile(this.#fileOf(ban.evidence), 'utf8'));
  }

  /** Runs one change after the other: two judgements may end at once, or while a ban is lifted. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(act);
    // the caller hears of the failure; the next change need not
    this.#turn = done.catch(() => {});
    return done;
  }

  /** Keeps the evidence before the ban is recorded: a ban without its evidence could not be explained. */
  async #ban(party: PartyId, evidence: EvidenceObject): Promise<void> {
    const { store, log, changed } = this.#options;
    // checked once more: judging takes long
    if (this.#isSettled(party, evidence)) return;
    const text = JSON.stringify(evidence);
    const digest = createHash('sha256').update(text).digest('hex');
    await writeDurably(this.#fileOf(digest), text);
    const reason = `${evidence.check} in ${evidence.session.session} (${evidence.session.protocol})`.slice(0, 256);
    await store.append([{ type: 'PartyBanned', party, reason, evidence: digest }]);
    this.#byParty.set(party, { party, reason, evidence: digest });
    partiesBanned.set(this.#byParty.size);
    log.error('a party has provably broken the protocol: it is excluded', { party, reason, evidence: digest });
    changed();
    for (const listener of this.#listeners) listener(evidence);
  }

  async #lift(party: PartyId): Promise<boolean> {
    const { store, log, changed } = this.#options;
    if (!this.has(party)) return false;
    const session = await this.#bannedIn(party);
    await store.append([{ type: 'BanLifted', party, ...(session !== undefined && { session }) }]);
    if (session !== undefined) this.#lifted.add(liftedBanOf(party, session));
    this.#byParty.delete(party);
    partiesBanned.set(this.#byParty.size);
    log.warn('a ban was lifted', { party, session });
    changed();
    return true;
  }

  /**
   * The session that a party was banned for. Undefined if the evidence is lost: the ban is lifted all the same, but may
   * come back.
   */
  async #bannedIn(party: PartyId): Promise<string | undefined> {
    try {
      const read = readEvidence((await this.evidenceOf(party)) ?? '');
      return 'evidence' in read ? sessionOf(read.evidence) : undefined;
    } catch (error) {
      this.#options.log.warn('what a party was banned for is lost: the same evidence may ban it again', {
        party,
        error,
      });
      return undefined;
    }
  }

  #isSettled(party: PartyId, evidence: EvidenceObject): boolean {
    const session = sessionOf(evidence);
    return this.has(party) || (session !== undefined && this.#lifted.has(liftedBanOf(party, session)));
  }

  /**
   * The fingerprints that are pinned here. Undefined if a party of the session is not known: the session was not of
   * this cluster then.
   */
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

/**
 * The id of the session that evidence is from; for a message of the handshake, the id of the run of the accused. The id
 * is read from what the accused has signed: the name of the session would not do, for others may use that name again.
 */
function sessionOf({ messages: [message] }: EvidenceObject): string | undefined {
  const header = message && readHeader(unhex(message.signed));
  return header && hex(header.sid);
}

const liftedBanOf = (party: PartyId, session: string): string => `${party} ${session}`;

/** Writes a file. When the promise resolves, the file and its entry in the folder are on the disk. */
async function writeDurably(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  await writeFile(path, text, { flush: true });
  for (const changed of [folder, dirname(folder)]) {
    await using handle = await open(changed);
    await handle.sync();
  }
}
