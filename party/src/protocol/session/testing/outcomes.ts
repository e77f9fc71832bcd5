import assert from 'node:assert/strict';
import { ContextMismatch, Misbehaviour, Timeout } from '../errors.ts';
import type { PartyId } from '../party-id.ts';
import type { Simulated } from '../simulator.ts';

/** Returns the error with which the session failed at this party. */
export function failureOf<T>({ outcomes }: Simulated<T>, id: PartyId): unknown {
  const outcome = outcomes.get(id);
  assert.ok(outcome?.status === 'rejected', `party ${id} did not fail`);
  return outcome.reason;
}

/** Asserts that each of `parties` blames just `culprit`, for failing `check`. */
export function assertBlamed<T>(
  simulated: Simulated<T>,
  culprit: PartyId,
  check: string,
  parties: readonly PartyId[],
): void {
  for (const id of parties) {
    const error = failureOf(simulated, id);
    assert.ok(error instanceof Misbehaviour, `party ${id}: ${error}`);
    assert.deepEqual(error.culprits, [culprit], `at party ${id}`);
    assert.match(error.message, new RegExp(`^${check}: party ${culprit} `));
    assert.ok(error.evidence.every(({ messages }) => messages.every(({ from }) => from === culprit)));
  }
}

/**
 * Asserts that each of `parties` ends with a result or blames nobody but the cheat, for what it has sent or not sent.
 * @returns whether any of them blames it
 */
export function assertNobodyElse<T>(
  simulated: Simulated<T>,
  cheat: PartyId,
  parties: readonly PartyId[],
  what: string,
): boolean {
  const failures = parties.flatMap(id => {
    const outcome = simulated.outcomes.get(id);
    return outcome?.status === 'rejected' ? [outcome.reason] : [];
  });
  for (const error of failures) {
    assert.ok(error instanceof Misbehaviour || error instanceof Timeout, `${what}: ${error}`);
    assert.deepEqual(error instanceof Misbehaviour ? error.culprits : error.missing, [cheat], what);
  }
  return failures.length > 0;
}

/** Asserts that each of `parties` found that the parties do not mean the same session, and blames nobody. */
export function assertMismatch<T>(simulated: Simulated<T>, what: RegExp, parties: readonly PartyId[]): void {
  for (const id of parties) {
    const error = failureOf(simulated, id);
    assert.ok(error instanceof ContextMismatch, `party ${id}: ${error}`);
    assert.match(error.message, what);
  }
}

/** Asserts that each of `parties` waited in vain for `missing`, and blames nobody. */
export function assertMissing<T>(
  simulated: Simulated<T>,
  missing: readonly PartyId[],
  parties: readonly PartyId[],
): void {
  for (const id of parties) {
    const error = failureOf(simulated, id);
    assert.ok(error instanceof Timeout, `party ${id}: ${error}`);
    assert.deepEqual(error.missing, missing, `at party ${id}`);
  }
}
