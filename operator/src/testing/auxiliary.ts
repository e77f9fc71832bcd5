/** Reports of auxiliary information, as parties would give them. */
import type { AttemptReport, AuxiliaryReport } from '@mpc-operator/crds/control';
import type { PartyViews } from '../parties/view.ts';
import { view, views } from './reports.ts';

/**
 * Auxiliary information at rest in this generation, of parties 1, 2 and 3. Generation 0: the parties have none yet, but
 * primes for one.
 */
export function auxiliaryReport(generation: number, changes: Partial<AuxiliaryReport> = {}): AuxiliaryReport {
  return {
    level: 128,
    primes: 'Ready',
    active: generation,
    final: generation,
    erasedBelow: generation,
    highest: generation,
    parties: generation === 0 ? [] : [1, 2, 3],
    triggers: generation === 0 ? [] : [{ source: 'first', value: '', epoch: 1 }],
    ...(generation === 0 ? {} : { finalTime: `2026-11-${String(generation).padStart(2, '0')}T00:00:00Z` }),
    ...changes,
  };
}

/**
 * The same views, but each party that reports anything has auxiliary information: the first party the first report, and
 * so on, the others the last.
 */
export function withAuxiliary(views: PartyViews, ...reports: readonly AuxiliaryReport[]): PartyViews {
  return new Map(
    [...views].map(([id, view], i) => {
      const auxiliary = reports[Math.min(i, reports.length - 1)];
      return [id, view.report && auxiliary ? { ...view, report: { ...view.report, auxiliary } } : view];
    }),
  );
}

/** Three parties: the first has the first report, and so on, the others the last. */
export function threeParties(...reports: readonly AuxiliaryReport[]): PartyViews {
  return withAuxiliary(views(), ...reports);
}

export function fourParties(...reports: readonly AuxiliaryReport[]): PartyViews {
  const ids = [1, 2, 3, 4];
  return withAuxiliary(new Map(ids.map(id => [id, view(id, [], { acquainted: ids })])), ...reports);
}

/** Generation 1, and an attempt at generation 2, which took the primes when it began. */
export function trying(phase: AttemptReport['phase'], message?: string): AuxiliaryReport {
  return auxiliaryReport(1, { ...attemptAt(2, phase, message), primes: 'Generating' });
}

/** The part of a report that is about an attempt. */
export function attemptAt(
  number: number,
  phase: AttemptReport['phase'],
  message?: string,
): Pick<AuxiliaryReport, 'attempt' | 'highest'> {
  return { attempt: { number, trigger: 'annotation@x', phase, ...(message && { message }) }, highest: number };
}

/** Generation 2, which this trigger has led to. */
export function ledTo(source: string, value: string): AuxiliaryReport {
  const { triggers } = auxiliaryReport(1);
  return auxiliaryReport(2, { triggers: [...triggers, { source, value, epoch: 2 }] });
}
