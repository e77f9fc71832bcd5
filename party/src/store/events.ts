/**
 * The one list of event types: everything that a party ever records. A new type is a new member of the union. A field
 * that is added to an existing type must be optional, as old logs stay readable for ever. An event never holds a
 * secret: secrets are sealed (`SecretName`).
 */
import { MAX_PARTIES } from '@mpc-operator/crds/bounds';
import { attemptReport, securityLevel } from '@mpc-operator/crds/control';
import { hex, partyId as party } from '@mpc-operator/crds/control-fields';
import * as z from 'zod';
import { epochEvent } from '../epochs/events.ts';

const count = z.int().min(1);
const keyId = hex(16);

/** The digest that an ECDSA signature is of, and the other forms of the signature. */
export const ecdsaForms = z.strictObject({
  digest: hex(32),
  der: z.string().max(144),
  recoveryId: z.int().min(0).max(3),
});

export const partyEvent = z.discriminatedUnion('type', [
  /** The party has started; `incarnation` counts its starts. */
  z.strictObject({ type: z.literal('Started'), incarnation: count }),
  z.strictObject({ type: z.literal('IdentityCreated'), publicKey: hex(32) }),
  /** From now on this key, and no other, is the identity of the party. */
  z.strictObject({ type: z.literal('PeerPinned'), party, publicKey: hex(32) }),
  /** How far the log of another party was, as that party has signed. */
  z.strictObject({ type: z.literal('PeerSeen'), party, incarnation: count, position: z.int().min(0), head: hex(32) }),
  /** A session id is used up, whatever becomes of the session. */
  z.strictObject({ type: z.literal('SessionOpened'), sid: hex(32), purpose: z.string().max(64) }),
  /** An attempt at an epoch failed. `keyId` is missing if the key has no id yet. */
  z.strictObject({
    type: z.literal('AttemptFailed'),
    key: z.string().max(63),
    keyId: keyId.optional(),
    ...attemptReport.pick({ number: true, trigger: true, parties: true, message: true }).shape,
    failure: attemptReport.shape.failure.unwrap(),
  }),
  /** `request` is the uid of the SignRequest. */
  z.strictObject({
    type: z.literal('Signed'),
    request: z.string().min(1).max(64),
    keyId,
    epoch: count,
    signature: hex(64),
    signers: z.array(party).max(MAX_PARTIES),
    /** The public key that the signature verifies under: that of the child, if a child has signed. */
    publicKey: z.string().max(66).optional(),
    ecdsa: ecdsaForms.optional(),
  }),
  /**
   * A presignature is used up for this request and no other, whatever becomes of the request. `presignature` is the id
   * of the session that made it.
   */
  z.strictObject({
    type: z.literal('PresignatureConsumed'),
    presignature: hex(32),
    request: z.string().min(1).max(64),
    digest: hex(32),
    path: z.string().max(4096),
  }),
  /** Safe primes for auxiliary information of this level are sealed in the store. */
  z.strictObject({ type: z.literal('SafePrimesMade'), level: securityLevel }),
  /**
   * The safe primes are used up, whatever becomes of the attempt: a party that has seen a modulus could pass it off as
   * its own.
   */
  z.strictObject({ type: z.literal('SafePrimesUsed'), attempt: count }),
  /** The party has provably broken threshold ECDSA; `evidence` is the SHA-256 of the file that shows it. */
  z.strictObject({ type: z.literal('PartyBanned'), party, reason: z.string().max(256), evidence: hex(32) }),
  /**
   * The ban of the party is lifted. `session` is the id of the session that the evidence is from or, for evidence from
   * a handshake, the run of the party: evidence from there against the party no longer counts. Older events have no
   * `session`.
   */
  z.strictObject({ type: z.literal('BanLifted'), party, session: hex(32).optional() }),
  /** Every sealed secret is now under the key of this generation of the HSM; `secrets` is the number of secrets. */
  z.strictObject({ type: z.literal('SealingKeyChanged'), generation: count, secrets: z.int().min(0) }),
  /** The HSM has destroyed its sealing keys of all generations below this one. */
  z.strictObject({ type: z.literal('SealingKeysDestroyed'), below: count }),
  ...epochEvent.options,
]);

export type PartyEvent = z.infer<typeof partyEvent>;
export type EventType = PartyEvent['type'];
export type EventOf<T extends EventType> = Extract<PartyEvent, { type: T }>;
