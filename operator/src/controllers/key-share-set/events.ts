import type { KeyShareSetStatus } from '@mpc-operator/crds/generated/api';
import type { EventNote } from '@mpc-operator/runtime/events';

/** The events of a key between two of its statuses. That a status was wiped is no news. */
export function keyEvents(before: KeyShareSetStatus | undefined, after: KeyShareSetStatus): readonly EventNote[] {
  const notes: EventNote[] = [];
  if (before?.conditions !== undefined && before.keyId === undefined && after.keyId !== undefined) {
    notes.push(note('Normal', 'KeyReady', 'Keygen', `the parties hold key ${after.keyId}, epoch ${after.epoch}`));
  }
  const { refresh } = after;
  const same = before?.refresh?.trigger === refresh?.trigger ? before?.refresh : undefined;
  if (refresh?.phase === 'Failed' && (same?.failures ?? 0) < (refresh.failures ?? 0)) {
    const why = refresh.message ?? 'no reason was given';
    notes.push(note('Warning', 'RefreshFailed', 'Refresh', `attempt ${refresh.attempt} failed: ${why}`));
  }
  if (refresh?.phase === 'Erased' && before?.refresh !== undefined && same?.phase !== 'Erased') {
    notes.push(note('Normal', 'RefreshCompleted', 'Refresh', `epoch ${after.epoch} is final, old shares are erased`));
  }
  return notes;
}

function note(type: EventNote['type'], reason: string, action: string, text: string): EventNote {
  return { type, reason, action, note: text };
}
