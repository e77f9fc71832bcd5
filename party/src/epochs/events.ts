/**
 * The events that a party records about the epochs of its keys, before it acts on them. The state of a key is what
 * these events, replayed, lead to.
 */
import { MAX_PARTIES, MAX_TRIGGER, MAX_TRIGGERS } from '@mpc-operator/crds/bounds';
import { auxiliaryCertificate, auxiliarySpec, certificate, keySpec } from '@mpc-operator/crds/control';
import { attempt as epoch, hex, partyId as party } from '@mpc-operator/crds/control-fields';
import * as z from 'zod';
import {
  acknowledge,
  activate,
  type EpochState,
  erase,
  finalise,
  newEpochs,
  withAck,
  withActivated,
} from './key-state.ts';
import type { AuxiliaryProposal, Proposal } from './proposal.ts';

const keyId = hex(16);
const signature = hex(64);

const identities = z
  .array(z.object({ party, identity: hex(32) }))
  .min(2)
  .max(MAX_PARTIES);
const keyProposal = certificate.omit({ acks: true }).extend({ identities }) satisfies z.ZodType<Proposal>;
const auxiliaryProposal = auxiliaryCertificate
  .omit({ acks: true })
  .extend({ identities }) satisfies z.ZodType<AuxiliaryProposal>;

export const epochEvent = z.discriminatedUnion('type', [
  /** The new sharing, or auxiliary information, is sealed in the store; `signature` is this party's acknowledgement. */
  z.object({
    type: z.literal('EpochAcknowledged'),
    spec: z.union([auxiliarySpec, keySpec]),
    proposal: z.union([auxiliaryProposal, keyProposal]),
    triggers: z.array(z.string().max(MAX_TRIGGER)).max(MAX_TRIGGERS),
    signature,
  }),
  z.object({ type: z.literal('EpochActivated'), certificate: z.union([auxiliaryCertificate, certificate]), signature }),
  /**
   * `activated` holds the statements of all parties, so that a party that comes back late can be told even after all
   * have restarted.
   */
  z.object({
    type: z.literal('EpochFinal'),
    keyId,
    epoch,
    activated: z.array(z.object({ party, signature })).max(MAX_PARTIES),
  }),
  z.object({ type: z.literal('SharesErased'), keyId, below: epoch, generation: z.int().min(1), signature }),
  /** The owner has demanded the destruction, or a later keygen of the same name has become final. */
  z.object({ type: z.literal('KeyDestroyed'), keyId }),
]);
export type EpochEvent = z.infer<typeof epochEvent>;

export const EPOCH_EVENT_TYPES = [
  'EpochAcknowledged',
  'EpochActivated',
  'EpochFinal',
  'SharesErased',
  'KeyDestroyed',
] as const satisfies readonly EpochEvent['type'][];

/** Whether an event of the log is about the epochs of a key. */
export const isEpochEvent = <E extends { readonly type: string }>(e: E): e is Extract<E, EpochEvent> =>
  (EPOCH_EVENT_TYPES as readonly string[]).includes(e.type);

export const keyIdOf = (e: EpochEvent): string => {
  if (e.type === 'EpochAcknowledged') return e.proposal.keyId;
  return e.type === 'EpochActivated' ? e.certificate.keyId : e.keyId;
};

/**
 * Returns the keys after one more event, live and on replay alike.
 * @throws RangeError for an event that cannot follow
 */
export function apply(
  me: number,
  keys: ReadonlyMap<string, EpochState>,
  e: EpochEvent,
): ReadonlyMap<string, EpochState> {
  const id = keyIdOf(e);
  const key = keys.get(id);
  if (e.type === 'KeyDestroyed') return new Map([...keys].filter(([other]) => other !== id));
  if (e.type === 'EpochAcknowledged') {
    const before: EpochState = key ?? newEpochs(me, e.spec, id);
    return new Map([...keys, [id, acknowledge(before, e.proposal, e.triggers, e.signature)]]);
  }
  if (key === undefined) throw new RangeError(`${e.type} of key ${id}, which is not known`);
  return new Map([...keys, [id, applyToKey(key, e)]]);
}

function applyToKey(
  key: EpochState,
  e: Exclude<EpochEvent, { type: 'KeyDestroyed' | 'EpochAcknowledged' }>,
): EpochState {
  switch (e.type) {
    case 'EpochActivated': {
      const { epoch: number, acks } = e.certificate;
      const certified = acks.reduce((k, ack) => withAck(k, number, ack.party, ack.signature), key);
      return activate(certified, number, e.signature);
    }
    case 'EpochFinal': {
      const activated = e.activated.reduce((k, a) => withActivated(k, e.epoch, a.party, a.signature), key);
      return finalise(activated, e.epoch);
    }
    case 'SharesErased':
      return erase(key, e.below, e.signature);
  }
}
