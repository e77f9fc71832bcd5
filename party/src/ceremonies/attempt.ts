/** An attempt at an epoch while it runs, and what is known of it when it has failed. */
import type { AttemptReport } from '@mpc-operator/crds/control';
import type { Logger } from '@mpc-operator/runtime/log';
import type { AttemptNumbers } from './attempt-numbers.ts';
import { failureOf } from './outcome.ts';

export interface Attempt {
  /** The name, in log lines, of what the attempt makes. */
  readonly what: string;
  readonly number: number;
  readonly trigger: string;
  readonly log: Logger;
  /** The id of the key, or of the auxiliary information; undefined: the key is being made. */
  readonly keyId?: string | undefined;
  readonly numbers: Pick<AttemptNumbers, 'record'>;
  /** Takes the report for the operator; undefined: the attempt was acknowledged, and the keyring holds its result. */
  readonly show: (report: AttemptReport | undefined) => void;
}

/** Runs an attempt. Never throws: `show` is called with the outcome. */
export async function attempt(options: Attempt, run: () => Promise<void>): Promise<void> {
  const { what, keyId, number, trigger, log, numbers, show } = options;
  show({ number, trigger, phase: 'Preparing' });
  try {
    await run();
    log.info('acknowledged a new epoch', { of: what, number, trigger });
    show(undefined);
  } catch (error) {
    log.warn('an attempt at a new epoch failed', { of: what, number, trigger, error });
    const report = { number, trigger, phase: 'Failed', ...failureOf(error) } as const;
    await numbers.record({ what, keyId, report }).catch((why: unknown) => {
      log.warn('that an attempt failed could not be recorded', { of: what, number, error: why });
    });
    show(report);
  }
}
