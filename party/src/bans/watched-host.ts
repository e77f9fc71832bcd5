import { ProvenMisbehaviour } from '../evidence/with-evidence.ts';
import type { Job, SessionHost } from '../host/session-host.ts';
import { ContextMismatch } from '../session/errors.ts';
import type { SessionOptions, SessionOutcome } from '../session/session.ts';
import type { Bans } from './bans.ts';

/** Runs sessions of threshold ECDSA: with nobody who is banned, and banning whoever they convict. */
export class WatchedHost implements Pick<SessionHost, 'conduct'> {
  readonly #host: Pick<SessionHost, 'conduct'>;
  readonly #bans: Pick<Bans, 'has' | 'hear'>;

  constructor(host: Pick<SessionHost, 'conduct'>, bans: Pick<Bans, 'has' | 'hear'>) {
    this.#host = host;
    this.#bans = bans;
  }

  /** @throws what `SessionHost.conduct` throws; ContextMismatch for a session with a party that is banned */
  async conduct<T>(
    job: Job,
    session: (options: SessionOptions) => Promise<SessionOutcome<T>>,
  ): Promise<SessionOutcome<T>> {
    const banned = job.parties.filter(party => this.#bans.has(party));
    if (banned.length > 0)
      throw new ContextMismatch(`parties ${banned.join(', ')} are banned from threshold ECDSA here`);
    try {
      return await this.#host.conduct(job, session);
    } catch (error) {
      if (error instanceof ProvenMisbehaviour) for (const report of error.reports) await this.#bans.hear(report);
      throw error;
    }
  }
}
