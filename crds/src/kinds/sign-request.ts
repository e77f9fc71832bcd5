import { MAX_PARTIES, MAX_TEXT } from '../bounds.ts';
import { type Kind, UNLIMITED } from '../schema.ts';
import { DIGEST_BYTES, MAX_MESSAGE_BYTES } from '../sign-request.ts';
import { conditions, observedGeneration } from './conditions.ts';
import { derivationPath } from './derivation-path.ts';
import { hex, partyId } from './fields.ts';

/** The bytes of some base64, as a CEL expression. It decodes nothing: three bytes are four characters. */
const bytesOf = (text: string): string =>
  `size(${text}) / 4 * 3 - (${text}.endsWith('==') ? 2 : ${text}.endsWith('=') ? 1 : 0)`;

/**
 * The kind SignRequest: one signature. A request is immutable, its answer is final, and it is deleted after its time.
 */
export const SignRequest = {
  kind: 'SignRequest',
  plural: 'signrequests',
  singular: 'signrequest',
  shortNames: ['sr'],
  description:
    'SignRequest asks for one signature with one key. To create one, a user needs the verb `sign` on the ' +
    'KeyShareSet. A SignRequest never changes; its answer, a signature or a failure, is final.',
  spec: {
    description: 'What is to be signed.',
    type: 'object',
    required: ['keyRef', 'message'],
    properties: {
      keyRef: {
        description: 'The KeyShareSet, in the same namespace, to sign with.',
        type: 'object',
        required: ['name'],
        properties: {
          name: { description: 'The name of the KeyShareSet.', type: 'string', minLength: 1, maxLength: 63 },
        },
      },
      message: {
        description:
          `The message, in base64: 0 to ${MAX_MESSAGE_BYTES} bytes once decoded. An eddsa key signs the message as ` +
          'in RFC 8032. A taproot key signs the message as in BIP-340: for a transaction, the message is its 32-byte ' +
          'sighash. An ecdsa key signs the digest of the message. The empty message, "", is signed as well.',
        type: 'string',
        // Not `format: byte`: where CEL reads such a field, the API server takes only the URL-safe alphabet and then
        // refuses every update. The last character before a sign of padding has no bits that would be lost: base64 has
        // one form for each message, and the parties take no other.
        pattern: '^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$',
        maxLength: UNLIMITED,
        'x-kubernetes-validations': [
          {
            rule: `${bytesOf('self')} <= ${MAX_MESSAGE_BYTES}`,
            message: `a message has at most ${MAX_MESSAGE_BYTES} bytes once decoded`,
            messageExpression:
              `'a message has at most ${MAX_MESSAGE_BYTES} bytes once decoded, this one has %d: sign a shorter ` +
              `one'.format([${bytesOf('self')}])`,
          },
        ],
      },
      digest: {
        description:
          'For ecdsa keys only: the digest of the message that is signed. sha256d is SHA-256 twice, as in Bitcoin; ' +
          'keccak256 is the hash of Ethereum; prehashed means that the message is already a digest of 32 bytes, ' +
          'which the KeyShareSet must allow. Unset: sha256.',
        type: 'string',
        enum: ['sha256', 'sha256d', 'keccak256', 'prehashed'],
      },
      derivationPath,
      deadlineSeconds: {
        description: 'The number of seconds after its creation at which a request without a signature fails.',
        type: 'integer',
        format: 'int32',
        minimum: 1,
        maximum: 86400,
        default: 60,
      },
      ttlSecondsAfterFinished: {
        description:
          'The number of seconds after which a finished request is deleted. 0: at once; -1: never, the request is ' +
          'kept until somebody deletes it. Unset: one day.',
        type: 'integer',
        format: 'int32',
        minimum: -1,
        maximum: 31536000,
        default: 86400,
      },
    },
    'x-kubernetes-validations': [
      {
        rule: 'self == oldSelf',
        message: 'a SignRequest cannot change: what is signed is what was asked for. Create another one',
        reason: 'FieldValueForbidden',
      },
      {
        rule: `!has(self.digest) || self.digest != 'prehashed' || ${bytesOf('self.message')} == ${DIGEST_BYTES}`,
        message: `a prehashed message is a digest of ${DIGEST_BYTES} bytes`,
        messageExpression:
          `'a prehashed message is a digest of ${DIGEST_BYTES} bytes; spec.message has %d once decoded: give the ` +
          `digest, or the message with the name of the digest in spec.digest'.format([${bytesOf('self.message')}])`,
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
        description:
          'How far the request is. Pending: no session has begun, see reason. Signing: a session runs. Succeeded and ' +
          'Failed are final.',
        type: 'string',
        enum: ['Pending', 'Signing', 'Succeeded', 'Failed'],
      },
      reason: {
        description: 'Why the request is in this phase, as one CamelCase word.',
        type: 'string',
        maxLength: 128,
      },
      message: { description: 'Why the request is in this phase, for people.', type: 'string', maxLength: MAX_TEXT },
      signature: {
        description:
          'The signature, 64 bytes in hex: R and s (RFC 8032) for eddsa, as in BIP-340 for taproot, r and low s for ' +
          'ecdsa.',
        ...hex(64),
      },
      publicKey: {
        description:
          'The public key under which the signature verifies, in hex. It is the key of the child if the request ' +
          'names a path.',
        ...hex(33),
      },
      digest: { description: 'For an ecdsa key: the digest that was signed, in hex.', ...hex(32) },
      der: { description: 'For an ecdsa key: the signature as Ecdsa-Sig-Value of RFC 3279, in hex.', ...hex(72) },
      recoveryId: {
        description:
          'For an ecdsa key: the number of the right one among the public keys that fit the signature (SEC 1, C.8).',
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
        maxItems: MAX_PARTIES,
        'x-kubernetes-list-type': 'set',
        items: { description: 'A party.', ...partyId },
      },
      attempts: {
        description: 'The number of sessions that were run for the request.',
        type: 'integer',
        format: 'int32',
        minimum: 0,
      },
      durationMilliseconds: {
        description: 'The time from when the leader saw the request to the verified signature, in milliseconds.',
        type: 'integer',
        format: 'int64',
        minimum: 0,
      },
      startTime: { description: 'The time at which the first session began.', type: 'string', format: 'date-time' },
      completionTime: {
        description: 'The time at which the request was finished.',
        type: 'string',
        format: 'date-time',
      },
      culprits: {
        description: 'The parties that provably misbehaved in a session of this request.',
        type: 'array',
        maxItems: MAX_PARTIES,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['party'],
        items: {
          description: 'One party.',
          type: 'object',
          required: ['party', 'reason'],
          properties: {
            party: { description: 'The party.', ...partyId },
            reason: { description: 'What the party did.', type: 'string', maxLength: 256 },
          },
        },
      },
    },
  },
  columns: [
    { name: 'Key', type: 'string', jsonPath: '.spec.keyRef.name', description: 'The KeyShareSet.' },
    { name: 'Phase', type: 'string', jsonPath: '.status.phase', description: 'How far the request is.' },
    { name: 'Reason', type: 'string', jsonPath: '.status.reason', description: 'Why the request is in this phase.' },
    { name: 'Signers', type: 'string', jsonPath: '.status.signers', description: 'The parties that signed.' },
    { name: 'Epoch', type: 'integer', jsonPath: '.status.epoch', description: 'The epoch of their shares.' },
    {
      name: 'Duration (ms)',
      type: 'integer',
      jsonPath: '.status.durationMilliseconds',
      description: 'The time that the request took.',
    },
    {
      name: 'Attempts',
      type: 'integer',
      jsonPath: '.status.attempts',
      description: 'The number of sessions that were run.',
      priority: 1,
    },
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
