import { randomBytes } from 'node:crypto';
import type { Command, Reply } from '@mpc-operator/crds/control';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { keyOf } from '@mpc-operator/runtime/object';
import type { PartyConnection } from '../../parties/party-connection.ts';
import type { PartyViews } from '../../parties/view.ts';
import type { Step } from './decisions/next-step.ts';
import type { Run } from './reconcile.ts';

/**
 * Asks all parties of a key to begin an attempt, one after the other, the one that started last first: it is the likeliest to refuse, and
 * after a refusal nobody else is asked. Those that have begun find out by themselves that somebody is missing. The next attempt
 * has a higher number.
 */
export async function command(
  key: KeyShareSet,
  step: Extract<Step, { kind: 'keygen' | 'refresh' }>,
  run: Run,
): Promise<void> {
  const { attempts, connections, events, clock } = run;
  const objectKey = keyOf(key);
  const connection = connections.get({ ...objectKey, name: key.spec.clusterRef.name });
  if (connection === undefined) return;
  attempts.commanded(objectKey, step.number, clock.now());
  const order = commandOf(key, step);
  for (const id of youngestFirst(key.spec.parties, connection.views())) {
    const refusal = await ask(id, order, connection);
    if (refusal !== undefined) {
      attempts.failed(objectKey, step.number, refusal, clock.now());
      run.log.info('a party refused an attempt', { attempt: step.number, refusal });
      return;
    }
  }
  const what = step.kind === 'keygen' ? 'making the key' : `refreshing its shares (${step.trigger})`;
  const reason = step.kind === 'keygen' ? 'KeygenStarted' : 'RefreshStarted';
  events.event(key, {
    type: 'Normal',
    reason,
    action: step.kind === 'keygen' ? 'Keygen' : 'Refresh',
    note: `the parties begin attempt ${step.number} at ${what}`,
  });
}

function youngestFirst(ids: readonly number[], views: PartyViews): readonly number[] {
  return [...ids].sort((a, b) => (views.get(b)?.since ?? 0) - (views.get(a)?.since ?? 0) || a - b);
}

function commandOf({ metadata, spec }: KeyShareSet, step: Extract<Step, { kind: 'keygen' | 'refresh' }>): Command {
  if (step.kind === 'refresh') {
    return { verb: 'refresh', keyId: step.keyId, number: step.number, run: newRun(), trigger: step.trigger };
  }
  const { curve, purpose, threshold, parties } = spec;
  return {
    verb: 'keygen',
    number: step.number,
    run: newRun(),
    triggers: [...step.triggers],
    spec: { name: metadata.name, curve, purpose, threshold, parties: [...parties].sort((a, b) => a - b) },
  };
}

const newRun = (): string => randomBytes(16).toString('hex');

/** Why the party does not do as asked; undefined if it does. */
export async function ask(id: number, order: Command, connection: PartyConnection): Promise<string | undefined> {
  const answer = await connection.command(id, order).catch(toMessage);
  if (typeof answer === 'string') return `party ${id}: ${answer}`;
  return answer.result === 'accepted' ? undefined : `party ${id}: ${describe(answer)}`;
}

function describe(answer: Reply): string {
  return answer.result === 'refused' ? `${answer.reason} (${answer.message})` : `unexpected answer ${answer.result}`;
}

function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
