/**
 * The control messages between operator and parties: JSON over NATS. The operator can ask for a keygen, a refresh or
 * the destruction of a key, and learns what the parties hold; no message can start a signature or make a party give out
 * a share. While a new version is rolled out, two versions talk to each other, so a field that a released version did
 * not have is optional.
 */
import * as z from 'zod';
import {
  MAX_ADDRESSES,
  MAX_APPROVERS,
  MAX_DERIVATIONS,
  MAX_KEYS_PAGE,
  MAX_PARTIES,
  MAX_PARTY_ID,
  MAX_PRESIGNATURES,
  MAX_TRIGGERS,
} from './bounds.ts';
import {
  acks,
  askedTrigger,
  attempt,
  carriedOut,
  hex,
  keyName,
  number,
  partyId,
  run,
  text,
  time,
  trigger,
  words,
} from './control-fields.ts';

/** Bits of security of threshold ECDSA against factoring. */
export const securityLevel = z.union([z.literal(112), z.literal(128)]);
export type SecurityLevel = z.infer<typeof securityLevel>;

export const curve = z.enum(['ed25519', 'secp256k1', 'p256']);
export const purpose = z.enum(['eddsa', 'taproot', 'ecdsa']);
export type Curve = z.infer<typeof curve>;
export type Purpose = z.infer<typeof purpose>;

/** The properties of a key on which all its parties agree before the key exists. */
export const keySpec = z.object({
  name: keyName,
  curve,
  purpose,
  threshold: z.int().min(2).max(MAX_PARTIES),
  parties: z.array(partyId).min(2).max(MAX_PARTIES),
});
export type KeySpec = z.infer<typeof keySpec>;

/** The certificate of an epoch: see the field `status.certificate` of KeyShareSet. */
export const certificate = z.object({
  keyId: hex(16),
  curve,
  purpose,
  threshold: z.int().min(2).max(MAX_PARTIES),
  publicKey: z.string().regex(/^([0-9a-f]{2}){32,33}$/),
  epoch: attempt,
  base: number,
  trigger,
  commitments: z
    .array(z.string().regex(/^([0-9a-f]{2}){32,33}$/))
    .min(2)
    .max(MAX_PARTIES),
  chainCodeHash: hex(32),
  transcript: hex(32),
  approvers: z.array(words(256)).max(MAX_APPROVERS),
  admins: z.array(words(256)).max(MAX_APPROVERS),
  acks,
});
export type Certificate = z.infer<typeof certificate>;

/** The certificate of a generation of auxiliary information, as all its parties have signed it. */
export const auxiliaryCertificate = z.object({
  kind: z.literal('auxiliary'),
  /** The id of the auxiliary information of this cluster, the same in all generations. */
  keyId: hex(16),
  level: securityLevel,
  epoch: attempt,
  base: number,
  trigger,
  /** Hash of the public values of all parties. */
  values: hex(32),
  transcript: hex(32),
  acks,
});
export type AuxiliaryCertificate = z.infer<typeof auxiliaryCertificate>;

/**
 * The properties of auxiliary information that all its parties agree on. The parties are not among them: they may
 * change from one generation to the next.
 */
export const auxiliarySpec = z.object({ kind: z.literal('auxiliary'), level: securityLevel });
export type AuxiliarySpec = z.infer<typeof auxiliarySpec>;

/** The state of one attempt at an epoch, at one party. */
export const attemptReport = z.object({
  number: attempt,
  trigger,
  phase: z.enum(['Preparing', 'Acknowledged', 'Certified', 'Activated', 'Final', 'Failed']),
  /** The kind of failure of a failed attempt. Kinds are never mixed. */
  failure: z.enum(['Timeout', 'ContextMismatch', 'Misbehaviour', 'Internal']).optional(),
  /** The parties of a failure. Timeout: those that did not answer. Misbehaviour: those that provably cheated. */
  parties: z.array(partyId).max(MAX_PARTIES).optional(),
  message: text.optional(),
});
export type AttemptReport = z.infer<typeof attemptReport>;

const addresses = z
  .array(z.object({ chain: z.string().max(32), network: z.string().max(32), address: z.string().max(128) }))
  .max(MAX_ADDRESSES);
/**
 * The auxiliary information of threshold ECDSA, as one party holds it. Its generations go through the same four steps
 * as epochs.
 */
export const auxiliaryReport = z.object({
  level: securityLevel,
  /** Whether safe primes for the next generation are at hand. Making them takes seconds to minutes. */
  primes: z.enum(['Generating', 'Ready']),
  /** The generation that new sessions use; 0: none yet. */
  active: number,
  final: number,
  erasedBelow: number,
  highest: number,
  /** The parties of the active generation, ascending. */
  parties: z.array(partyId).max(MAX_PARTIES),
  attempt: attemptReport.optional(),
  triggers: carriedOut,
  /** When the active generation became final. */
  finalTime: time.optional(),
});
export type AuxiliaryReport = z.infer<typeof auxiliaryReport>;

/** One key as one party holds it. A keygen that is not certified yet has no `certificate`. */
export const keyReport = z.object({
  keyId: hex(16).optional(),
  spec: keySpec,
  publicKey: z.string().max(66).optional(),
  internalKey: hex(32).optional(),
  addresses,
  /** The children that the KeyShareSet asks for, once the key is final. */
  derivations: z
    .array(z.object({ path: z.string().max(256), publicKey: z.string().max(66), addresses }))
    .max(MAX_DERIVATIONS)
    .optional(),
  /**
   * The number of presignatures that this party can lead sessions with; absent if the key does not sign by
   * presignatures.
   */
  presignatures: z.int().min(0).max(MAX_PRESIGNATURES).optional(),
  /** The epoch that the party signs with; 0: none yet. */
  active: number,
  /** The highest epoch that all parties have activated; 0: none yet. */
  final: number,
  /** The epoch below which the party has destroyed all its shares. */
  erasedBelow: number,
  /**
   * The highest number that the party has ever taken part in. The number of the next attempt must be above those that
   * the party has acknowledged, and not more than MAX_NUMBER_JUMP above `highest`.
   */
  highest: number,
  /** The certificate of the highest certified epoch. */
  certificate: certificate.optional(),
  attempt: attemptReport.optional(),
  triggers: carriedOut,
  /** When the active epoch became final. */
  finalTime: time.optional(),
});
export type KeyReport = z.infer<typeof keyReport>;

/** The report that a party publishes on `subjects.report`: every 5 s, and at once when something changes. */
export const partyReport = z.object({
  party: partyId,
  /** SHA-256 of the public identity key of the party. */
  identity: hex(32),
  /** The number of starts of the party. A lower number than seen before is a sign of a restored snapshot. */
  incarnation: z.int().min(1),
  /**
   * The position of the party's log. It grows whenever `keys` would be answered differently, also by the phase of an
   * attempt. The command `keys` asks for the keys that changed after a position.
   */
  position: z.int().min(0),
  ready: z.boolean(),
  hsm: z.object({ healthy: z.boolean(), generation: z.int().min(0), message: text.optional() }),
  /** The other parties whose identity the party has pinned: only with them it makes keys. */
  acquainted: z.array(partyId).max(MAX_PARTY_ID).optional(),
  /** Whether the party sees SignRequests: its watch of the API server is in sync. */
  watching: z.boolean(),
  /** Why the party is not ready, for people. */
  message: text.optional(),
  /**
   * The number of keys in an answer to `keys` since 0, one for each name. If the operator knows more keys, some were
   * destroyed, and the operator asks for all keys again.
   */
  keys: z.int().min(0),
  sessions: z.int().min(0),
  auxiliary: auxiliaryReport.optional(),
  /** The parties that provably broke threshold ECDSA: the party runs no session of it with them. */
  banned: z
    .array(z.object({ party: partyId, reason: text }))
    .max(MAX_PARTY_ID)
    .optional(),
});
export type PartyReport = z.infer<typeof partyReport>;

/** A command of the operator, on `subjects.control`. */
export const command = z.discriminatedUnion('verb', [
  /** Asks for the party's report now. */
  z.object({ verb: z.literal('report') }),
  /**
   * Asks for the keys that changed after `since`, in the order of change, at most 50; `position` of the reply is the
   * next `since`. Begin with 0 after each start of the party, and when `keys` of its report shows that a key is gone.
   */
  z.object({ verb: z.literal('keys'), since: z.int().min(0) }),
  /**
   * Begins attempt `number` at making this key. All parties get the same command; `triggers` count as carried out.
   * `run` is random and names the session on the wire, so that an earlier session of the same number is not taken for
   * this one.
   */
  z.object({
    verb: z.literal('keygen'),
    spec: keySpec,
    number: attempt,
    run,
    triggers: z.array(askedTrigger).max(MAX_TRIGGERS),
  }),
  /** Begins attempt `number` at refreshing this key. */
  z.object({ verb: z.literal('refresh'), keyId: hex(16), number: attempt, run, trigger: askedTrigger }),
  /** Begins attempt `number` at a new generation of auxiliary information, of all these parties. */
  z.object({
    verb: z.literal('auxiliary'),
    level: securityLevel,
    parties: z.array(partyId).min(2).max(MAX_PARTIES),
    number: attempt,
    run,
    trigger: askedTrigger,
  }),
  /**
   * Destroys the share and all that belongs to the key. A party does so only if it sees itself that the KeyShareSet of
   * the key is deleted with the policy Destroy.
   */
  z.object({ verb: z.literal('destroy'), keyId: hex(16) }),
]);
export type Command = z.infer<typeof command>;

/** The reason why a party refuses a command. The words are stable: the operator decides by them. */
export const refusal = z.enum([
  'NotReady', // its HSM or store is away, or it is starting: ask again
  'Busy', // an attempt at this key runs: wait for its end
  'NumberTooLow', // it has acknowledged this number, or a higher one: take a higher one
  'KeyExists', // the name of the keygen is taken: adopt that key
  'KeyUnknown', // the party has no such key
  'TriggerDone', // this trigger has already led to an epoch
  'NotFinal', // the last epoch is not final yet: wait
  'TooOften', // the party limits the rate of refreshes
  'NotDeleted', // it does not see that the KeyShareSet of the key is deleted with the policy Destroy: ask again
  'NoPrimes', // its safe primes are not made yet: ask again
  'Malformed', // also: its number is more than MAX_NUMBER_JUMP above all that the party has seen
]);
export type Refusal = z.infer<typeof refusal>;

/** The reply to the command `keys`. */
export const keysReply = z.object({
  result: z.literal('keys'),
  keys: z.array(keyReport).max(MAX_KEYS_PAGE),
  position: z.int().min(0),
  more: z.boolean(),
});

/** The reply to a command. */
export const reply = z.discriminatedUnion('result', [
  z.object({ result: z.literal('accepted') }),
  z.object({ result: z.literal('refused'), reason: refusal, message: text }),
  z.object({ result: z.literal('report'), report: partyReport }),
  keysReply,
]);
export type Reply = z.infer<typeof reply>;
