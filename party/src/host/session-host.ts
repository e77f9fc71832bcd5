/** Runs sessions with real peers: the engine, with this party's transport, identity, memory and metrics around it. */

import { outcomeOf, sessionSeconds, sessionsTotal } from '../metrics.ts';
import type { Peers } from '../peers/peers.ts';
import type { SessionParameters } from '../protocol/session/context.ts';
import type { Standing } from '../protocol/session/hello.ts';
import type { Messages } from '../protocol/session/messages.ts';
import type { SessionObserver } from '../protocol/session/observer.ts';
import type { Party } from '../protocol/session/party.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { SessionRegistry, Use } from '../protocol/session/registry.ts';
import { runSession, type SessionOptions, type SessionOutcome } from '../protocol/session/session.ts';
import type { Signer } from '../protocol/session/signer.ts';
import { SessionUsed } from '../store/projections.ts';
import type { Store } from '../store/store.ts';
import type { SessionChannel } from '../transport/session-broker.ts';

export interface SessionHostOptions {
  readonly signer: Signer;
  readonly store: Store;
  readonly peers: Peers;
  readonly registry: SessionRegistry;
  /** The number of this start of the party. */
  readonly incarnation: number;
  /** The hash of the log's last event when this incarnation began, in hex. */
  readonly origin: string;
  readonly open: (session: string) => SessionChannel;
  /** Observes one session. */
  readonly observe: (protocol: string) => SessionObserver;
  /** Why this party must not take part in anything; undefined: it may. */
  readonly unfit: () => string | undefined;
}

export interface Job {
  /** What the parties must agree on. The members are left out: they are added from the pinned identities. */
  readonly parameters: Omit<SessionParameters, 'members'>;
  readonly parties: readonly PartyId[];
  /** The secrets that the session uses, so that they are not erased meanwhile. */
  readonly uses: readonly Use[];
  /** Milliseconds until the session gives up. */
  readonly timeout: number;
  /** Ends the session earlier, with the reason of the signal. */
  readonly signal?: AbortSignal;
}

/** This party must not take part in anything: it would break promises that it does not remember. */
export class Unfit extends Error {
  override readonly name = 'Unfit';
}

export class SessionHost {
  readonly #options: SessionHostOptions;

  constructor(options: SessionHostOptions) {
    this.#options = options;
  }

  /**
   * Runs a protocol with other parties.
   * @throws Timeout, ContextMismatch, Misbehaviour as the session does
   * @throws Unfit, Draining
   */
  run<M extends Messages, T>(
    job: Job,
    messages: M,
    protocol: (party: Party<M>) => Promise<T>,
  ): Promise<SessionOutcome<T>> {
    return this.conduct(job, options => runSession(options, messages, protocol));
  }

  /**
   * Does the same as `run`, for sessions that run elsewhere than in this thread.
   * @throws what `run` throws
   */
  async conduct<T>(
    job: Job,
    session: (options: SessionOptions) => Promise<SessionOutcome<T>>,
  ): Promise<SessionOutcome<T>> {
    const { signer, store, peers, registry, open, observe, unfit } = this.#options;
    const why = unfit();
    if (why !== undefined) throw new Unfit(why);
    const { session: name, protocol } = job.parameters;
    const members = peers.members(job.parties);
    return await registry.during({ name, protocol, uses: job.uses }, async () => {
      using channel = open(name);
      const options = {
        me: peers.me,
        signer,
        channel,
        parameters: { ...job.parameters, members },
        standing: this.#standing(),
        acceptStandings: (standings: ReadonlyMap<PartyId, Standing>) => peers.acceptStandings(standings),
        claimSid: (sid: Uint8Array) => claim(store, sid, protocol),
        observer: observe(protocol),
        signal: AbortSignal.any([AbortSignal.timeout(job.timeout), ...(job.signal ? [job.signal] : [])]),
      };
      return await measured(protocol, () => session(options));
    });
  }

  #standing(): Standing {
    const { store, incarnation, origin } = this.#options;
    return { incarnation, position: store.head.length, head: Uint8Array.from(Buffer.from(origin, 'hex')) };
  }
}

async function measured<T>(protocol: string, run: () => Promise<T>): Promise<T> {
  const end = sessionSeconds.startTimer({ protocol });
  try {
    const outcome = await run();
    end();
    sessionsTotal.inc({ protocol, outcome: 'ok' });
    return outcome;
  } catch (error) {
    sessionsTotal.inc({ protocol, outcome: outcomeOf(error) });
    throw error;
  }
}

async function claim(store: Store, sid: Uint8Array, purpose: string): Promise<boolean> {
  try {
    await store.append([{ type: 'SessionOpened', sid: Buffer.from(sid).toString('hex'), purpose }]);
    return true;
  } catch (error) {
    if (error instanceof SessionUsed) return false;
    throw error;
  }
}
