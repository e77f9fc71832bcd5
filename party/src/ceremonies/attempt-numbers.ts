/**
 * The numbers of the attempts that this party has taken part in. A number is used up once it is acknowledged, and
 * numbers are finite: whoever could make this party acknowledge the highest one would end refreshing for ever. So a
 * number may be only a little above those that this party has seen (decision 23).
 */
import type { AttemptReport } from '@mpc-operator/crds/control';
import { attemptsSeen } from '../store/projections.ts';
import type { Store } from '../store/store.ts';

/** An attempt that failed, and what it was at: the name of a key, or auxiliary information. */
export interface FailedAttempt {
  readonly what: string;
  /** Missing if the key has no id yet. */
  readonly keyId?: string | undefined;
  readonly report: AttemptReport & { readonly failure: NonNullable<AttemptReport['failure']> };
}

export class AttemptNumbers {
  readonly #store: Store;
  /** The highest number of a failed attempt, by what it was at. */
  readonly #failed: Map<string, number>;

  private constructor(store: Store, failed: Map<string, number>) {
    this.#store = store;
    this.#failed = failed;
  }

  static async open(store: Store): Promise<AttemptNumbers> {
    const rows = await store.all(attemptsSeen);
    return new AttemptNumbers(store, new Map([...rows].map(([what, { number }]) => [what, number])));
  }

  /** The highest number of an attempt that failed here; 0: none did. Acknowledged attempts are in the keyring. */
  failed(what: string): number {
    return this.#failed.get(what) ?? 0;
  }

  /**
   * Records that an attempt failed. Other parties may have acknowledged it, and this party must follow them after a
   * restart, too.
   */
  async record({ what, keyId, report }: FailedAttempt): Promise<void> {
    const { number, trigger, failure, parties, message } = report;
    this.#failed.set(what, Math.max(this.failed(what), number));
    await this.#store.append([
      {
        type: 'AttemptFailed',
        ...{ key: what, number, trigger, failure },
        ...(keyId !== undefined && { keyId }),
        ...(parties !== undefined && { parties }),
        ...(message !== undefined && { message }),
      },
    ]);
  }
}
