import { AUXILIARY_ANNOTATION, formatTrigger } from '@mpc-operator/crds/annotations';
import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { auxiliaryReports } from '../../../parties/auxiliary.ts';
import { runningAttempt } from '../../../parties/running-attempt.ts';
import type { PartyViews } from '../../../parties/view.ts';
import { partiesOf } from '../../mpc-cluster/decisions/next-auxiliary.ts';
import { notCarriedOut } from '../../run-once.ts';
import { usableTriggers } from '../../triggers.ts';

/**
 * Returns the triggers by which policies asked a cluster to rotate its auxiliary information, and that have led to no
 * final generation yet. A cluster that is being deleted rotates nothing more, so that no key waits for it.
 */
export function awaitedRotations(cluster: MpcCluster, views: PartyViews): readonly string[] {
  const { metadata } = cluster;
  if (metadata.deletionTimestamp !== undefined) return [];
  const reports = auxiliaryReports(partiesOf(cluster), views);
  const asked = usableTriggers(metadata.annotations, AUXILIARY_ANNOTATION).filter(({ source }) => isPolicy(source));
  const phase = runningAttempt(reports)?.phase;
  const isSettled = phase !== 'Certified' && phase !== 'Activated';
  const done = isSettled ? reports.flatMap(({ triggers }) => triggers) : [];
  return notCarriedOut(asked, done).map(formatTrigger);
}

function isPolicy(source: string): boolean {
  return source.startsWith('policy/');
}
