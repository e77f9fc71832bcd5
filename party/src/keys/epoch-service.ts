/**
 * Brings every key of a party, and its auxiliary information, from one step of an epoch to the next: it shows the
 * party's board to the others, takes over what they show, and does what follows.
 */
import type { Clock } from '@mpc-operator/runtime/clock';
import { Controller } from '@mpc-operator/runtime/controller';
import type { Logger } from '@mpc-operator/runtime/log';
import { ExponentialFailureRateLimiter } from '@mpc-operator/runtime/rate-limiter';
import type { Channel } from '../protocol/session/channel.ts';
import type { SessionRegistry } from '../protocol/session/registry.ts';
import type { Signer } from '../protocol/session/signer.ts';
import { Gossip } from './gossip.ts';
import type { Keyring, StoreSetBack } from './keyring.ts';
import { progress } from './progress.ts';

export interface EpochServiceOptions {
  readonly keyring: Keyring;
  readonly signer: Signer;
  readonly sessions: Pick<SessionRegistry, 'retire'>;
  /** Carries the boards. */
  readonly channel: Channel;
  /** This party must not take part in anything any more. */
  readonly setBack: (error: StoreSetBack) => void;
  readonly log: Logger;
  readonly clock: Clock;
}

export class EpochService {
  readonly #controller: Controller;

  constructor({ keyring, signer, sessions, channel, setBack, log, clock }: EpochServiceOptions) {
    const gossip = new Gossip({
      ...{ keyring, log, clock, setBack },
      send: bytes => channel.send('all', bytes),
      wanted: id => this.#enqueue(id),
    });
    this.#controller = new Controller({
      ...{ name: 'epochs', log, clock },
      // a key that waits here waits for the HSM
      rateLimiter: new ExponentialFailureRateLimiter(50, 5_000),
      reconcile: progress({ keyring, signer, sessions, publish: id => gossip.publish(id) }),
    });
    channel.listen((from, bytes) => gossip.receive(from, bytes));
    keyring.onChange(id => this.#enqueue(id));
    for (const id of keyring.ids()) this.#enqueue(id);
  }

  /** Works until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#controller.run(signal);
  }

  /** By the id of a key, or of the auxiliary information. */
  #enqueue(id: string): void {
    this.#controller.enqueue({ namespace: '', name: id });
  }
}
