import type { Logger } from '@mpc-operator/runtime/log';
import type { Job, SessionHost } from '../host/session-host.ts';
import { ProvenMisbehaviour } from '../protocol/evidence/with-evidence.ts';
import { ContextMismatch } from '../protocol/session/errors.ts';
import type { SessionOptions, SessionOutcome } from '../protocol/session/session.ts';
import type { Bans } from './bans.ts';

/** Runs sessions of threshold ECDSA: none with a banned party. A party that a session convicts is banned. */
export class ExcludingHost implements Pick<SessionHost, 'conduct'> {
  readonly #host: Pick<SessionHost, 'conduct'>;
  readonly #bans: Pick<Bans, 'has' | 'hear'>;
  readonly #log: Pick<Logger, 'error'>;

  constructor(host: Pick<SessionHost, 'conduct'>, bans: Pick<Bans, 'has' | 'hear'>, log: Pick<Logger, 'error'>) {
    this.#host = host;
    this.#bans = bans;
    this.#log = log;
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
      if (error instanceof ProvenMisbehaviour) await this.#bringToJudge(error);
      throw error;
    }
  }

  /**
   * Brings the evidence to the judge. The session ends only after the judgement, so that a new attempt does not begin
   * with the cheat. Never throws: the caller must hear of the misbehaviour itself.
   */
  async #bringToJudge({ reports, culprits }: ProvenMisbehaviour): Promise<void> {
    for (const report of reports) {
      try {
        await this.#bans.hear(report);
      } catch (error) {
        this.#log.error('evidence of an own session was not judged', { culprits, error });
      }
    }
  }
}
