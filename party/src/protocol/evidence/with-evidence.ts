import { Misbehaviour } from '../session/errors.ts';
import type { SessionOptions, SessionOutcome } from '../session/session.ts';
import { cggmpParameters } from '../signing/cggmp24/parameters.ts';
import type { EvidenceObject } from './format.ts';
import type { Levels } from './public-checks.ts';
import { reportMisbehaviour } from './report.ts';
import type { Statement } from './statement.ts';

/** Misbehaviour with evidence for those who were not in the session, as far as there can be any. */
export class ProvenMisbehaviour extends Misbehaviour {
  readonly reports: readonly EvidenceObject[];

  constructor({ check, culprits, evidence, record }: Misbehaviour, reports: readonly EvidenceObject[]) {
    super(check, culprits, evidence, record);
    this.reports = reports;
  }
}

/**
 * Runs a session of a protocol whose evidence anybody can judge.
 * @param statement makes the inputs of the session that are not shown in it. They are long, and made only if a party
 * has cheated.
 * @throws what `run` throws; ProvenMisbehaviour for Misbehaviour
 */
export async function withEvidence<T>(
  { me, signer }: Pick<SessionOptions, 'me' | 'signer'>,
  statement: () => Statement,
  run: () => Promise<SessionOutcome<T>>,
  levels: Levels = cggmpParameters,
): Promise<SessionOutcome<T>> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Misbehaviour)) throw error;
    throw new ProvenMisbehaviour(error, await reportMisbehaviour(error, statement(), { me, signer, levels }));
  }
}
