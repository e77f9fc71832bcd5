import type { KeyShareSet, KeyShareSetStatus } from '@mpc-operator/crds/generated/api';
import { areOldSharesErased } from '@mpc-operator/crds/old-shares-erased';
import { timestamp } from '@mpc-operator/runtime/wire-time';
import { failedAttempt } from '../../../parties/failed-attempt.ts';
import type { Attempts } from '../../attempts.ts';
import { erasedBelowOf, type Holding, type Member, reportsOf } from './holding.ts';
import { pendingTriggers } from './next-refresh.ts';

type RefreshStatus = NonNullable<KeyShareSetStatus['refresh']>;

/** The state of the refresh under way, or of the last one. Undefined for a key that was never asked to be refreshed. */
export function refreshStatus(
  key: KeyShareSet,
  holding: Holding,
  attempts: Attempts,
  now: Date,
): RefreshStatus | undefined {
  const before = key.status?.refresh;
  if (holding.key === undefined) return before;
  const [pending] = pendingTriggers(key, holding.members);
  if (pending !== undefined) return pendingRefresh(pending, key, holding, attempts, now);
  const { trigger, epoch, base } = holding.key.certificate;
  if (base === 0) return undefined;
  const same = before?.trigger === trigger ? before : undefined;
  const phase = certifiedPhase(key, holding.members, epoch);
  const completionTime = same?.completionTime ?? (phase === 'Erased' ? timestamp(now) : undefined);
  return {
    trigger,
    attempt: epoch,
    phase,
    startTime: same?.startTime ?? timestamp(now),
    ...(completionTime === undefined ? {} : { completionTime }),
    failures: same?.failures ?? 0,
  };
}

function pendingRefresh(
  trigger: string,
  key: KeyShareSet,
  { members }: Holding,
  attempts: Attempts,
  now: Date,
): RefreshStatus {
  const before = key.status?.refresh?.trigger === trigger ? key.status.refresh : undefined;
  const reports = reportsOf(members);
  const failed = failedAttempt(reports, trigger);
  const running = reports
    .flatMap(report => report.attempt ?? [])
    .find(({ trigger: of, number, phase }) => of === trigger && phase !== 'Failed' && number > (failed?.number ?? 0));
  const counted = before?.phase === 'Failed' && before.attempt === failed?.number;
  const fresh = running === undefined && failed !== undefined && !counted;
  const message = failed?.message ?? attempts.message;
  const attempt = (running ?? failed)?.number;
  return {
    trigger,
    ...(attempt === undefined ? {} : { attempt }),
    phase: running ? 'Preparing' : failed ? 'Failed' : 'Pending',
    startTime: before?.startTime ?? timestamp(now),
    failures: (before?.failures ?? 0) + (fresh ? 1 : 0),
    ...(message === undefined ? {} : { message: message.slice(0, 1024) }),
  };
}

function certifiedPhase({ spec }: KeyShareSet, members: readonly Member[], epoch: number): RefreshStatus['phase'] {
  if (areOldSharesErased(spec, erasedBelowOf(members), epoch)) return 'Erased';
  const all = members.every(member => member.kind === 'holds' && member.key.active >= epoch);
  return all ? 'Activated' : 'Certified';
}
