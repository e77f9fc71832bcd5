/** Tells the other parties every second that this party is there, and hears the same from them. */
import type { Identity } from '../protocol/identity/identity.ts';
import type { Owner } from '../protocol/identity/owner.ts';
import type { Channel } from '../protocol/session/channel.ts';
import { introduce } from './introduction.ts';
import type { Peers } from './peers.ts';

export interface PresenceOptions {
  readonly owner: Owner;
  readonly identity: Identity;
  readonly incarnation: number;
  readonly peers: Pick<Peers, 'hear'>;
  readonly channel: Channel;
  /** Whether this party takes sessions. */
  readonly ready: () => boolean;
}

export class Presence {
  readonly #options: PresenceOptions;
  readonly #introduction: Awaited<ReturnType<typeof introduce>>;

  private constructor(options: PresenceOptions, introduction: Awaited<ReturnType<typeof introduce>>) {
    this.#options = options;
    this.#introduction = introduction;
    options.channel.listen((from, bytes) => void options.peers.hear(from, bytes));
  }

  static async open(options: PresenceOptions): Promise<Presence> {
    return new Presence(options, await introduce(options.owner, options.identity));
  }

  /** Says once that this party is there, and whether it takes sessions. */
  async announce(): Promise<void> {
    const { channel, incarnation, ready } = this.#options;
    const word = { ...this.#introduction, incarnation, ready: ready() };
    await channel.send('all', Buffer.from(JSON.stringify(word)));
  }
}
