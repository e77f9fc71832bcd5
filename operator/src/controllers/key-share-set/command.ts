import type { Command, Reply } from '@mpc-operator/crds/control';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { keyOf } from '@mpc-operator/runtime/object';
import type { PartyConnection } from '../../parties/party-connection.ts';
import type { Step } from './decisions/next-step.ts';
import type { Run } from './reconcile.ts';

/**
 * Asks all parties of a key to begin an attempt. If one does not, the others find out by themselves, and the attempt counts as failed:
 * the next has a higher number.
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
  const answers = await Promise.all(key.spec.parties.map(id => ask(id, order, connection)));
  const refusals = answers.filter(answer => answer !== undefined);
  if (refusals.length > 0) {
    attempts.failed(objectKey, step.number, refusals.join('; '), clock.now());
    run.log.info('parties refused an attempt', { attempt: step.number, refusals });
    return;
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

function commandOf({ metadata, spec }: KeyShareSet, step: Extract<Step, { kind: 'keygen' | 'refresh' }>): Command {
  if (step.kind === 'refresh') {
    return { verb: 'refresh', keyId: step.keyId, number: step.number, trigger: step.trigger };
  }
  const { curve, purpose, threshold, parties } = spec;
  return {
    verb: 'keygen',
    number: step.number,
    triggers: [...step.triggers],
    spec: { name: metadata.name, curve, purpose, threshold, parties: [...parties].sort((a, b) => a - b) },
  };
}

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
