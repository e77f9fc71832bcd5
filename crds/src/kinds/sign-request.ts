import type { Kind } from '../schema.ts';
import { conditions, observedGeneration } from './conditions.ts';
import { derivationPath } from './derivation-path.ts';

const hex = (bytes: number) => ({ type: 'string', maxLength: 2 * bytes, pattern: '^([0-9a-f]{2})*$' }) as const;
const partyId = { type: 'integer', format: 'int32', minimum: 1, maximum: 64 } as const;

/** Base64 characters of the largest message: 64 KiB. */
const MESSAGE_LENGTH = 87_384;

/** One signature; immutable, terminal, garbage-collected. */
export const SignRequest = {
  kind: 'SignRequest',
  plural: 'signrequests',
  singular: 'signrequest',
  shortNames: ['sr'],
  description:
    'SignRequest asks for one signature with one key. Who may create it needs the verb `sign` on the KeyShareSet. It never ' +
    'changes; its answer, a signature or a failure, is final.',
  spec: {
    description: 'What shall be signed.',
    type: 'object',
    required: ['keyRef', 'message'],
    properties: {
      keyRef: {
        description: 'The KeyShareSet, in the same namespace, to sign with.',
        type: 'object',
        required: ['name'],
        properties: { name: { description: 'Its name.', type: 'string', minLength: 1, maxLength: 63 } },
      },
      message: {
        description:
          'The message, in base64, of at most 64 KiB. An eddsa key signs it as RFC 8032 says; a taproot key as BIP-340 says, for which a transaction is its 32-byte sighash; an ecdsa key signs its digest.',
        type: 'string',
        // not `format: byte`: where CEL reads it, the API server takes only the URL-safe alphabet and then refuses every update
        pattern: '^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
        minLength: 4,
        maxLength: MESSAGE_LENGTH,
      },
      digest: {
        description:
          'For ecdsa keys only: what is made of the message before it is signed. sha256d is SHA-256 twice, as Bitcoin has it; keccak256 is that of Ethereum; prehashed: the message is a digest already, of 32 bytes, which the KeyShareSet must allow. Unset: sha256.',
        type: 'string',
        enum: ['sha256', 'sha256d', 'keccak256', 'prehashed'],
      },
      derivationPath,
      deadlineSeconds: {
        description: 'After this time from its creation a request without a signature fails.',
        type: 'integer',
        format: 'int32',
        minimum: 1,
        maximum: 86400,
        default: 60,
      },
      ttlSecondsAfterFinished: {
        description: 'The finished request is deleted after this time. Unset: it is kept.',
        type: 'integer',
        format: 'int32',
        minimum: 0,
        maximum: 31536000,
      },
    },
    'x-kubernetes-validations': [
      {
        rule: 'self == oldSelf',
        message: 'a SignRequest cannot change: what is signed is what was asked for. Create another one',
        reason: 'FieldValueForbidden',
      },
      {
        rule: "!has(self.digest) || self.digest != 'prehashed' || (size(self.message) == 44 && self.message.endsWith('=') && !self.message.endsWith('=='))",
        message: 'a prehashed message is a digest of 32 bytes',
        messageExpression:
          "'a prehashed message is a digest of 32 bytes, 44 characters of base64; spec.message has %d: give the digest, or the message with the name of the digest in spec.digest'.format([size(self.message)])",
        fieldPath: '.message',
      },
    ],
  },
  status: {
    description: 'The answer, and how it came about.',
    type: 'object',
    properties: {
      observedGeneration,
      conditions,
      phase: {
        description: 'Pending: not begun, see reason. Signing: a session runs. Succeeded and Failed are final.',
        type: 'string',
        enum: ['Pending', 'Signing', 'Succeeded', 'Failed'],
      },
      reason: { description: 'Why it is in this phase, as one CamelCase word.', type: 'string', maxLength: 128 },
      message: { description: 'Why it is in this phase, for people.', type: 'string', maxLength: 1024 },
      signature: {
        description:
          'The signature, in hex: 64 bytes: R and s (RFC 8032) for eddsa, BIP-340 for taproot, r and s, of which s is low, for ecdsa.',
        ...hex(64),
      },
      publicKey: {
        description: 'The public key it verifies under, in hex: that of the child if the request names a path.',
        ...hex(33),
      },
      digest: { description: 'Of an ecdsa key: the digest that was signed, in hex.', ...hex(32) },
      der: { description: 'Of an ecdsa key: the signature as Ecdsa-Sig-Value of RFC 3279, in hex.', ...hex(72) },
      recoveryId: {
        description: 'Of an ecdsa key: which of the public keys that fit the signature is the right one (SEC 1, C.8).',
        type: 'integer',
        format: 'int32',
        minimum: 0,
        maximum: 3,
      },
      keyId: { description: 'The id of the key.', ...hex(16) },
      epoch: { description: 'The epoch of the shares that signed.', type: 'integer', format: 'int32', minimum: 1 },
      leader: { description: 'The party that led the session.', ...partyId },
      signers: {
        description: 'The parties whose shares made the signature.',
        type: 'array',
        maxItems: 16,
        'x-kubernetes-list-type': 'set',
        items: { description: 'A party.', ...partyId },
      },
      attempts: { description: 'Sessions that were run for it.', type: 'integer', format: 'int32', minimum: 0 },
      durationMilliseconds: {
        description: 'From when the leader saw the request to the verified signature.',
        type: 'integer',
        format: 'int64',
        minimum: 0,
      },
      startTime: { description: 'When the first session began.', type: 'string', format: 'date-time' },
      completionTime: { description: 'When it was finished.', type: 'string', format: 'date-time' },
      culprits: {
        description: 'Parties that provably misbehaved in a session of this request.',
        type: 'array',
        maxItems: 16,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['party'],
        items: {
          description: 'One party.',
          type: 'object',
          required: ['party', 'reason'],
          properties: {
            party: { description: 'The party.', ...partyId },
            reason: { description: 'What it did.', type: 'string', maxLength: 256 },
          },
        },
      },
    },
  },
  columns: [
    { name: 'Key', type: 'string', jsonPath: '.spec.keyRef.name', description: 'The KeyShareSet.' },
    { name: 'Phase', type: 'string', jsonPath: '.status.phase', description: 'How far it is.' },
    { name: 'Reason', type: 'string', jsonPath: '.status.reason', description: 'Why.' },
    { name: 'Signers', type: 'string', jsonPath: '.status.signers', description: 'The parties that signed.' },
    { name: 'Epoch', type: 'integer', jsonPath: '.status.epoch', description: 'The epoch of their shares.' },
    {
      name: 'Duration (ms)',
      type: 'integer',
      jsonPath: '.status.durationMilliseconds',
      description: 'How long it took.',
    },
    { name: 'Attempts', type: 'integer', jsonPath: '.status.attempts', description: 'Sessions run.', priority: 1 },
    { name: 'Signature', type: 'string', jsonPath: '.status.signature', description: 'The signature.', priority: 1 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation.' },
  ],
  selectableFields: ['.spec.keyRef.name', '.status.phase'],
  rules: [
    {
      rule:
        "!has(oldSelf.status) || !has(oldSelf.status.phase) || !(oldSelf.status.phase in ['Succeeded', 'Failed']) || " +
        '(has(self.status) && self.status == oldSelf.status)',
      message: 'the SignRequest is finished: its status is final',
      reason: 'FieldValueForbidden',
    },
  ],
} as const satisfies Kind;
