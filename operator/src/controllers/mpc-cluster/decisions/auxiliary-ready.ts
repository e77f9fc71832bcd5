import { AUXILIARY_ANNOTATION } from '@mpc-operator/crds/annotations';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import type { Observation } from '@mpc-operator/runtime/conditions';
import { covers } from '../../../parties/auxiliary.ts';
import type { PartyViews } from '../../../parties/view.ts';
import { observation } from '../../observation.ts';
import { describeWait } from './last-failure.ts';
import type { AuxiliaryStep } from './next-auxiliary.ts';

const TYPE = 'AuxiliaryReady';

/** The reason while something must change before the next generation can be made. */
export const ROTATION_BLOCKED = 'RotationBlocked';

/** The reasons for which a rotation waits and then goes on by itself. */
const GOES_ON: ReadonlySet<string> = new Set([
  'AttemptRunning',
  'AttemptCommanded',
  'GeneratingPrimes',
  'BackingOff',
  'PutOff',
  'PartiesMeeting',
]);

export interface AuxiliaryFacts {
  /** All parties of the cluster. */
  readonly ids: readonly number[];
  /** The KeyShareSets whose key exists. */
  readonly keys: readonly KeyShareSet[];
  /** The security level that the cluster asks for. */
  readonly level: number;
  readonly views: PartyViews;
  readonly step: AuxiliaryStep;
}

/**
 * Whether ECDSA keys can be made and signed with, as far as auxiliary information is concerned. The condition stays
 * true while the next generation is made, and while parties that were added, and have no ECDSA key yet, have no
 * auxiliary information. A silent party has not lost what it had.
 */
export function auxiliaryReady({ ids, keys, level, views, step }: AuxiliaryFacts): Observation {
  const known = ids.flatMap(id => {
    const auxiliary = views.get(id)?.report?.auxiliary;
    return auxiliary === undefined ? [] : { id, ...auxiliary };
  });
  const [newest] = [...known].sort((a, b) => b.active - a.active);
  if (newest === undefined) return observation(TYPE, 'Unknown', 'NotHeardOf', 'no party says what it has');
  if (newest.active > 0 && newest.level !== level) {
    const mismatch = `is of security level ${newest.level}, not ${level}`;
    const message = `generation ${newest.active} of auxiliary information ${mismatch}: ${describeStep(step)}`;
    return observation(TYPE, 'False', 'OtherLevel', message);
  }
  if (newest.active === 0) return lacking('ECDSA keys cannot be made yet', step);
  const served = `generation ${newest.active} of auxiliary information serves`;
  const without = known.filter(party => !covers(party, ids)).map(({ id }) => id);
  if (without.length === 0) return serving(`${served} all ${ids.length} parties`, step);
  const isLate = ids.every(id => newest.parties.includes(id));
  const who = ids.filter(id => (isLate ? !without.includes(id) : newest.parties.includes(id)));
  const signers = keys.filter(({ spec }) => spec.purpose === 'ecdsa').map(({ spec }) => spec.parties);
  const isEnough =
    signers.length > 0 && known.every(party => signers.every(of => !of.includes(party.id) || covers(party, of)));
  if (!isEnough) return lacking(`${served} only parties ${who.join(', ')}`, step);
  const rest = ids.filter(id => !who.includes(id));
  return serving(`${served} parties ${who.join(', ')}, and all ECDSA keys, but not party ${rest.join(', ')}`, step);
}

function serving(what: string, step: AuxiliaryStep): Observation {
  switch (step.kind) {
    case 'none':
      return step.remark === undefined
        ? observation(TYPE, 'True', 'Final', what)
        : observation(TYPE, 'True', ROTATION_BLOCKED, `${what}; ${step.remark}`);
    case 'generate':
      return observation(TYPE, 'True', 'Rotating', `${what}; the next is asked for, attempt ${step.number}`);
    case 'wait': {
      const reason = step.failure === undefined ? 'Rotating' : 'RotationFailed';
      const isBlocked = !GOES_ON.has(step.reason);
      return observation(
        TYPE,
        'True',
        isBlocked ? ROTATION_BLOCKED : reason,
        `${what}; of the next: ${describeWait(step)}`,
      );
    }
  }
}

function lacking(what: string, step: AuxiliaryStep): Observation {
  const reason = step.kind === 'none' ? 'GenerationMissing' : step.kind === 'generate' ? 'Generating' : step.reason;
  return observation(TYPE, 'False', reason, `${what}: ${describeStep(step)}`);
}

/** Describes what is done about the next generation. */
function describeStep(step: AuxiliaryStep): string {
  switch (step.kind) {
    case 'none':
      return step.remark ?? `ask for another by a new value of the annotation ${AUXILIARY_ANNOTATION}`;
    case 'generate':
      return `attempt ${step.number} is asked for`;
    case 'wait':
      return describeWait(step);
  }
}
