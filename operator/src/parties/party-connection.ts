import { randomUUID } from 'node:crypto';
import { type Command, partyReport, type Reply, reply } from '@mpc-operator/crds/control';
import { subjects } from '@mpc-operator/crds/subjects';
import { type Clock, systemClock } from '@mpc-operator/runtime/clock';
import { equal } from '@mpc-operator/runtime/json';
import type { Logger } from '@mpc-operator/runtime/log';
import { type Bus, type Credentials, NobodyListens, type OpenBus } from './bus.ts';
import { PartyCache } from './party-cache.ts';
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
  async command(party: number, command: Command): Promise<Reply> {
    const replyTo = subjects.reply(party, randomUUID());
    const payload = JSON.stringify(command);
    const text = await this.#bus.request(subjects.control(party), payload, replyTo, REPLY_TIMEOUT).catch(error => {
      if (error instanceof NobodyListens) this.#lose(party);
      throw error;
    });
    const parsed = reply.safeParse(parseJson(text));
    if (!parsed.success) throw new Error(`the reply of party ${party} to '${command.verb}' is malformed`);
    return parsed.data;
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

  #view(id: number, { cache, receivedAt, since }: Party): PartyView {
    const { report, keys } = cache;
    if (report === undefined || this.#clock.now() - receivedAt >= REPORT_LIFETIME) return { id };
    return { id, since, report, ...(keys === undefined ? {} : { keys }) };
  }

  #receive(subject: string, text: string): void {
    const parsed = partyReport.safeParse(parseJson(text));
    // The servers let a party publish on the subject of its own id only: a report in another party's name is no report.
    if (!parsed.success || subject !== subjects.report(parsed.data.party)) {
      this.#options.log.warn('a report that is none was dropped', { subject });
      return;
    }
    const id = parsed.data.party;
    const party = this.#party(id);
    const wasAway = this.#clock.now() - party.receivedAt >= REPORT_LIFETIME;
    party.receivedAt = this.#clock.now();
    if (party.cache.report?.incarnation !== parsed.data.incarnation) party.since = party.receivedAt;
    party.cancelExpiry();
    party.cancelExpiry = this.#clock.after(REPORT_LIFETIME, () => this.#options.onChange());
    if (party.cache.take(parsed.data) || wasAway) this.#options.onChange();
    this.#poll(id, party).catch(error =>
      this.#options.log.debug('asking a party for its keys failed', { party: id, error }),
    );
  }

  #party(id: number): Party {
    const known = this.#parties.get(id);
    if (known !== undefined) return known;
    const party = {
      cache: new PartyCache(),
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
