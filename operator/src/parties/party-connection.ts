import { randomUUID } from 'node:crypto';
import type { Command } from '@mpc-operator/crds/control';
import { subjects } from '@mpc-operator/crds/subjects';
import { type Clock, systemClock } from '@mpc-operator/runtime/clock';
import { equal } from '@mpc-operator/runtime/json';
import type { Logger } from '@mpc-operator/runtime/log';
import { type Bus, type Credentials, NobodyListens, type OpenBus } from './bus.ts';
import { PartyCache } from './party-cache.ts';
import { type ReadReply, type ReadReport, readPartyReport, readReply, type Unread } from './read-reports.ts';
import { type PartyView, type PartyViews, REPORT_LIFETIME } from './view.ts';

/** Milliseconds within which a command must be replied to. */
const REPLY_TIMEOUT = 3_000;
/**
 * Milliseconds for which changes of counts are collected before they are told: else they would be news with every
 * signature.
 */
const COUNTS_WITHIN = 10_000;
/** The largest number of pages that one party may answer with: more than any cluster has keys for. */
const MAX_PAGES = 1_000;

export interface PartyConnectionOptions {
  readonly url: string;
  readonly credentials: Credentials;
  readonly open: OpenBus;
  readonly log: Logger;
  readonly clock?: Clock;
  /** Called when something changed in what is known of the parties. */
  onChange(): void;
}

interface Party {
  readonly cache: PartyCache;
  /** The fields of the last report that cannot be read. */
  unread: readonly Unread[];
  /** The time at which the present start of the party was first heard of. */
  since: number;
  receivedAt: number;
  polling: boolean;
  cancelExpiry: () => void;
}

/** The parties of one MpcCluster, over its NATS: their last reports, and a way to command them. */
export class PartyConnection {
  readonly #options: PartyConnectionOptions;
  readonly #clock: Clock;
  readonly #startedAt: number;
  #bus: Bus;
  #credentials: Credentials;
  readonly #parties = new Map<number, Party>();
  #cancelCounts: (() => void) | undefined;

  constructor(options: PartyConnectionOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#startedAt = this.#clock.now();
    this.#credentials = options.credentials;
    this.#bus = this.#open();
  }

  get connected(): boolean {
    return this.#bus.connected;
  }

  /** Whether every running party had the time to report: before, silence says nothing. */
  get settled(): boolean {
    return this.#clock.now() - this.#startedAt >= REPORT_LIFETIME;
  }

  /** Connects anew if these are other credentials. What is known of the parties stays known. */
  async use(credentials: Credentials): Promise<void> {
    if (equal(credentials, this.#credentials)) return;
    await this.#bus.close();
    this.#credentials = credentials;
    this.#bus = this.#open();
  }

  /** Views of all parties that were ever heard of. */
  views(): PartyViews {
    return new Map([...this.#parties].map(([id, party]) => [id, this.#view(id, party)]));
  }

  /**
   * Sends a command to a party, and resolves with its reply. Rejects if no reply comes, or none that can be understood:
   * then it is not known what the party did.
   */
  async command(party: number, command: Command): Promise<ReadReply> {
    const replyTo = subjects.reply(party, randomUUID());
    const payload = JSON.stringify(command);
    const text = await this.#bus.request(subjects.control(party), payload, replyTo, REPLY_TIMEOUT).catch(error => {
      if (error instanceof NobodyListens) this.#lose(party);
      throw error;
    });
    try {
      return readReply(parseJson(text));
    } catch (error) {
      throw new Error(`the reply of party ${party} to '${command.verb}' is malformed: ${messageOf(error)}`);
    }
  }

  async close(): Promise<void> {
    this.#cancelCounts?.();
    for (const party of this.#parties.values()) party.cancelExpiry();
    await this.#bus.close();
  }

  #open(): Bus {
    return this.#options.open({
      url: this.#options.url,
      credentials: this.#credentials,
      subscriptions: [subjects.reports],
      onMessage: (subject, text) => this.#receive(subject, text),
      onConnection: () => this.#options.onChange(),
    });
  }

  #view(id: number, { cache, receivedAt, since, unread: unreadFields }: Party): PartyView {
    const { report, keys, unread: unreadKeys } = cache;
    if (report === undefined || this.#clock.now() - receivedAt >= REPORT_LIFETIME) return { id };
    return {
      ...{ id, since, report },
      ...(keys === undefined ? {} : { keys }),
      ...(unreadKeys.length === 0 ? {} : { unreadKeys }),
      ...(unreadFields.length === 0 ? {} : { unreadFields }),
    };
  }

  #receive(subject: string, text: string): void {
    const read = this.#read(subject, text);
    if (read === undefined) return;
    const { report, unread } = read;
    const id = report.party;
    const party = this.#party(id);
    const wasAway = this.#clock.now() - party.receivedAt >= REPORT_LIFETIME;
    party.receivedAt = this.#clock.now();
    if (party.cache.report?.incarnation !== report.incarnation) party.since = party.receivedAt;
    party.cancelExpiry();
    party.cancelExpiry = this.#clock.after(REPORT_LIFETIME, () => this.#options.onChange());
    const news = !equal(party.unread, unread);
    if (news) this.#tellUnread(id, unread);
    party.unread = unread;
    if (party.cache.take(report) || wasAway || news) this.#options.onChange();
    this.#poll(id, party).catch(error =>
      this.#options.log.debug('asking a party for its keys failed', { party: id, error }),
    );
  }

  /** Reads a report; returns undefined, with a line of the log, if it is none. */
  #read(subject: string, text: string): ReadReport | undefined {
    const drop = (reason: string): undefined => {
      this.#options.log.warn('a report that is none was dropped', { subject, reason });
    };
    try {
      const read = readPartyReport(parseJson(text));
      // The servers let a party publish on the subject of its own id only: a report in another party's name is none.
      return subject === subjects.report(read.report.party) ? read : drop(`it says party ${read.report.party}`);
    } catch (error) {
      return drop(messageOf(error));
    }
  }

  #tellUnread(party: number, unread: readonly Unread[]): void {
    for (const { name: entry, why: reason } of unread)
      this.#options.log.warn('a part of what a party reports cannot be read, and is left out', {
        party,
        entry,
        reason,
      });
  }

  #party(id: number): Party {
    const known = this.#parties.get(id);
    if (known !== undefined) return known;
    const party = {
      cache: new PartyCache(),
      unread: [],
      since: 0,
      receivedAt: -REPORT_LIFETIME,
      polling: false,
      cancelExpiry: () => {},
    };
    this.#parties.set(id, party);
    return party;
  }

  /** Records that a party has gone: its last report is not to be relied on until it reports again. */
  #lose(id: number): void {
    const party = this.#parties.get(id);
    if (party === undefined || this.#clock.now() - party.receivedAt >= REPORT_LIFETIME) return;
    party.receivedAt = this.#clock.now() - REPORT_LIFETIME;
    party.cancelExpiry();
    this.#options.onChange();
  }

  #tellOfCounts(): void {
    this.#cancelCounts ??= this.#clock.after(COUNTS_WITHIN, () => {
      this.#cancelCounts = undefined;
      this.#options.onChange();
    });
  }

  /** Asks a party for keys until all are known. If that fails, the next report leads to another try. */
  async #poll(id: number, party: Party): Promise<void> {
    if (party.polling) return;
    party.polling = true;
    try {
      for (let page = 0; page < MAX_PAGES; page++) {
        const since = party.cache.next();
        if (since === undefined) return;
        const answer = await this.command(id, { verb: 'keys', since });
        if (answer.result !== 'keys') return;
        this.#tellUnread(id, answer.unread ?? []);
        const wasKnown = party.cache.keys !== undefined;
        const change = party.cache.add(answer);
        if (change === 'keys' || wasKnown !== (party.cache.keys !== undefined)) this.#options.onChange();
        else if (change === 'counts') this.#tellOfCounts();
      }
    } finally {
      party.polling = false;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
