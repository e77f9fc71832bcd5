import type { Command } from '@mpc-operator/crds/control';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import { keyOf } from '@mpc-operator/runtime/object';
import { askAll, newRun } from '../../parties/ask.ts';
import type { KeygenStep } from './decisions/next-keygen.ts';
import type { RefreshStep } from './decisions/next-refresh.ts';
import type { Run } from './run.ts';

/** Asks all parties of a key to begin an attempt. */
export async function command(key: KeyShareSet, step: KeygenStep | RefreshStep, run: Run): Promise<void> {
  const { attempts, connections, events, clock } = run;
  const objectKey = keyOf(key);
  const connection = connections.get({ ...objectKey, name: key.spec.clusterRef.name });
  if (connection === undefined) return;
  attempts.commanded(objectKey, step.number, clock.now());
  const refused = await askAll(key.spec.parties, commandOf(key, step), connection);
  if (refused !== undefined) {
    attempts.failed(objectKey, step.number, refused.message, clock.now());
    run.log.info('a party refused an attempt', { attempt: step.number, refusal: refused.message });
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

function commandOf({ metadata, spec }: KeyShareSet, step: KeygenStep | RefreshStep): Command {
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
