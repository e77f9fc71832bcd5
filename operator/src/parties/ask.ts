import { randomBytes } from 'node:crypto';
import type { Command, Refusal } from '@mpc-operator/crds/control';
import type { PartyConnection } from './party-connection.ts';
import type { ReadReply } from './read-reports.ts';
import type { PartyViews } from './view.ts';

/** Why a party does not do what it was asked to do. */
export interface Refused {
  /**
   * The reason that the party gave; undefined if the party did not answer, or its answer does not belong to the
   * command.
   */
  readonly reason?: Refusal;
  readonly message: string;
}

/**
 * Sends a command to a party.
 * @returns why the party does not do as asked; undefined if it does
 */
export async function ask(id: number, order: Command, connection: PartyConnection): Promise<Refused | undefined> {
  const answer = await connection.command(id, order).catch(toMessage);
  if (typeof answer === 'string') return { message: `party ${id}: ${answer}` };
  if (answer.result === 'accepted') return undefined;
  const reason = answer.result === 'refused' ? { reason: answer.reason } : {};
  return { ...reason, message: `party ${id}: ${describe(answer)}` };
}

/**
 * Asks all these parties to begin an attempt, one after the other. The party that started last is asked first: it is
 * the likeliest to refuse, and after a refusal no other party is asked. Parties that have begun find out by themselves
 * that others are missing. The next attempt has a higher number.
 */
export async function askAll(
  ids: readonly number[],
  order: Command,
  connection: PartyConnection,
): Promise<Refused | undefined> {
  for (const id of youngestFirst(ids, connection.views())) {
    const refused = await ask(id, order, connection);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

/** A random name of a session: see `run` in the control messages. */
export const newRun = (): string => randomBytes(16).toString('hex');

function youngestFirst(ids: readonly number[], views: PartyViews): readonly number[] {
  return [...ids].sort((a, b) => (views.get(b)?.since ?? 0) - (views.get(a)?.since ?? 0) || a - b);
}

function describe(answer: ReadReply): string {
  return answer.result === 'refused' ? `${answer.reason} (${answer.message})` : `unexpected answer ${answer.result}`;
}

function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
