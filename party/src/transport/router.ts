/** Sorts what arrives into channels by name, and keeps for a while what comes before its channel is opened. */
import type { Clock } from '@mpc-operator/runtime/clock';
import type { PartyId } from '../session/errors.ts';

type Receive = (from: PartyId, bytes: Uint8Array) => void;

interface Waiting {
  readonly from: PartyId;
  readonly bytes: Uint8Array;
}

interface Mailbox {
  receive: Receive | undefined;
  waiting: Waiting[];
  /** Whose message made it, and when, before anybody here opened it; undefined once opened. */
  unopened: { readonly by: PartyId; readonly since: number } | undefined;
}

/** Bounds on what is kept for channels that nobody listens to yet. A sender beyond them loses messages, nobody else. */
const MAX_BYTES_PER_SENDER = 4 * 1024 * 1024;
const MAX_UNOPENED_PER_SENDER = 256;
/** Milliseconds after which a channel that nobody opened is forgotten: the longest that parties begin apart. */
const UNOPENED_TTL = 30_000;

export class Router {
  readonly #clock: Clock;
  readonly #mailboxes = new Map<string, Mailbox>();
  /** Bytes that wait, by sender. */
  readonly #bytes = new Map<PartyId, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Hands a message to the listener of its channel, or keeps it; false: dropped, for its sender has too much waiting. */
  deliver(name: string, from: PartyId, bytes: Uint8Array): boolean {
    const mailbox = this.#mailboxes.get(name) ?? this.#makeUnopened(name, from);
    if (mailbox === undefined) return false;
    if (mailbox.receive) {
      mailbox.receive(from, bytes);
      return true;
    }
    const total = (this.#bytes.get(from) ?? 0) + bytes.length;
    if (total > MAX_BYTES_PER_SENDER) return false;
    this.#bytes.set(from, total);
    mailbox.waiting.push({ from, bytes });
    return true;
  }

  open(name: string): void {
    const mailbox = this.#mailboxes.get(name);
    if (mailbox) mailbox.unopened = undefined;
    else this.#mailboxes.set(name, { receive: undefined, waiting: [], unopened: undefined });
  }

  /** Hands over what waits and what will come; returns how to stop. */
  listen(name: string, receive: Receive): () => void {
    const mailbox = this.#mailboxes.get(name);
    if (mailbox === undefined) throw new Error(`channel ${name} is not open`);
    mailbox.receive = receive;
    for (const { from, bytes } of this.#takeWaiting(mailbox)) receive(from, bytes);
    return () => {
      mailbox.receive = undefined;
    };
  }

  close(name: string): void {
    const mailbox = this.#mailboxes.get(name);
    if (mailbox) this.#takeWaiting(mailbox);
    this.#mailboxes.delete(name);
  }

  #makeUnopened(name: string, by: PartyId): Mailbox | undefined {
    this.#forgetUnopened();
    const made = [...this.#mailboxes.values()].filter(({ unopened }) => unopened?.by === by);
    if (made.length >= MAX_UNOPENED_PER_SENDER) return undefined;
    const mailbox: Mailbox = { receive: undefined, waiting: [], unopened: { by, since: this.#clock.now() } };
    this.#mailboxes.set(name, mailbox);
    return mailbox;
  }

  #forgetUnopened(): void {
    const before = this.#clock.now() - UNOPENED_TTL;
    for (const [name, { unopened }] of this.#mailboxes) if (unopened && unopened.since < before) this.close(name);
  }

  #takeWaiting(mailbox: Mailbox): readonly Waiting[] {
    const { waiting } = mailbox;
    mailbox.waiting = [];
    for (const { from, bytes } of waiting) this.#bytes.set(from, (this.#bytes.get(from) ?? 0) - bytes.length);
    return waiting;
  }
}
