import { MAX_ADDRESSES, MAX_APPROVERS, MAX_DERIVATIONS, MAX_PARTIES, MAX_TEXT, MAX_TRIGGER } from '../bounds.ts';
import type { Kind } from '../schema.ts';
import { conditions, observedGeneration } from './conditions.ts';
import { derivationPath } from './derivation-path.ts';
import { hex, partyId } from './fields.ts';
import { triggers } from './triggers.ts';

const epoch = { type: 'integer', format: 'int32', minimum: 0 } as const;

const addresses = {
  description: 'Addresses of the key.',
  type: 'array',
  maxItems: MAX_ADDRESSES,
  'x-kubernetes-list-type': 'atomic',
  items: {
    description: 'One address.',
    type: 'object',
    required: ['chain', 'network', 'address'],
    properties: {
      chain: { description: 'The chain, such as bitcoin or solana.', type: 'string', maxLength: 32 },
      network: { description: 'The network of the chain, such as mainnet or testnet.', type: 'string', maxLength: 32 },
      address: { description: 'The address.', type: 'string', maxLength: 128 },
    },
  },
} as const;

/**
 * The kind KeyShareSet: one key. Its spec has the curve, the parties and the threshold, its status the public key, the
 * addresses and the epoch.
 */
export const KeyShareSet = {
  kind: 'KeyShareSet',
  plural: 'keysharesets',
  singular: 'keyshareset',
  shortNames: ['kss'],
  description:
    'KeyShareSet is one key that no machine ever holds whole: the parties of an MpcCluster make it together, each ' +
    'keeps one share sealed by its HSM, and any `threshold` parties can sign. The status shows what the parties ' +
    'hold: a KeyShareSet that is deleted and applied again finds its key.',
  spec: {
    description: 'The key that is to be made.',
    type: 'object',
    required: ['clusterRef', 'curve', 'purpose', 'threshold', 'parties'],
    properties: {
      clusterRef: {
        description: 'The MpcCluster, in the same namespace, whose parties hold the key.',
        type: 'object',
        required: ['name'],
        properties: {
          name: { description: 'The name of the MpcCluster.', type: 'string', minLength: 1, maxLength: 40 },
        },
        'x-kubernetes-validations': [
          {
            rule: 'self == oldSelf',
            message: 'clusterRef cannot change: the shares are with that cluster. Create another KeyShareSet',
            reason: 'FieldValueForbidden',
          },
        ],
      },
      curve: {
        description: 'The elliptic curve.',
        type: 'string',
        enum: ['ed25519', 'secp256k1', 'p256'],
        'x-kubernetes-validations': [
          {
            rule: 'self == oldSelf',
            message: 'curve cannot change: it is part of the key. Create another KeyShareSet',
            reason: 'FieldValueForbidden',
          },
        ],
      },
      purpose: {
        description:
          'The kind of signatures that the key makes, which never changes: `eddsa` (RFC 8032, on ed25519), `taproot` ' +
          '(BIP-340 under the BIP-341 output key, on secp256k1) or `ecdsa` (on secp256k1 or p256).',
        type: 'string',
        enum: ['eddsa', 'taproot', 'ecdsa'],
        'x-kubernetes-validations': [
          {
            rule: 'self == oldSelf',
            message: 'purpose cannot change: a key serves one signature scheme for ever. Create another KeyShareSet',
            reason: 'FieldValueForbidden',
          },
        ],
      },
      protocol: {
        description:
          'The protocol by which the parties sign: `frost` (RFC 9591) for eddsa and taproot, `cggmp24` (ePrint ' +
          '2021/060) for ecdsa. Unset: the protocol of the purpose.',
        type: 'string',
        enum: ['frost', 'cggmp24'],
      },
      threshold: {
        description: 'The number of parties that are needed to sign. Fewer parties learn nothing about the key.',
        type: 'integer',
        format: 'int32',
        minimum: 2,
        maximum: MAX_PARTIES,
        'x-kubernetes-validations': [
          {
            rule: 'self == oldSelf',
            message: 'threshold cannot change: this version cannot reshare a key. Create another KeyShareSet',
            reason: 'FieldValueForbidden',
          },
        ],
      },
      parties: {
        description: 'The ids of the parties of the MpcCluster that hold a share.',
        type: 'array',
        minItems: 2,
        maxItems: MAX_PARTIES,
        'x-kubernetes-list-type': 'set',
        items: { description: 'A party of the MpcCluster.', ...partyId },
        'x-kubernetes-validations': [
          {
            rule: 'self.all(p, p in oldSelf) && oldSelf.all(p, p in self)',
            message: 'parties cannot change: this version cannot reshare a key. Create another KeyShareSet',
            reason: 'FieldValueForbidden',
          },
        ],
      },
      allowPrehashed: {
        description:
          'Whether an ecdsa key also signs a digest without its message (`digest: prehashed`): the parties then ' +
          'cannot see what they sign. Such a request is always signed interactively.',
        type: 'boolean',
        default: false,
      },
      presignatures: {
        description:
          'Presignatures: ECDSA signatures that are made ahead, all but the message, so that a request is answered ' +
          'in two short rounds. The parties hold presignatures in memory only and use each of them once.',
        type: 'object',
        default: { target: 4 },
        properties: {
          target: {
            description:
              'The number of presignatures that each party keeps for the sessions it leads. 0: none, every request ' +
              'is signed interactively.',
            type: 'integer',
            format: 'int32',
            minimum: 0,
            maximum: 256,
            default: 4,
          },
          lowWater: {
            description:
              'The number of presignatures below which new ones are made, up to the target. Unset: half of the target.',
            type: 'integer',
            format: 'int32',
            minimum: 0,
            maximum: 256,
          },
        },
        'x-kubernetes-validations': [
          {
            rule: '!has(self.lowWater) || self.lowWater <= self.target',
            message: 'presignatures.lowWater must not exceed presignatures.target',
            messageExpression:
              "'presignatures.lowWater %d exceeds presignatures.target %d: lower it, or raise the " +
              "target'.format([self.lowWater, self.target])",
            fieldPath: '.lowWater',
          },
        ],
      },
      derivations: {
        description:
          'The children of the key whose public keys and addresses the status shows. A SignRequest can name any ' +
          'other child as well.',
        type: 'array',
        maxItems: MAX_DERIVATIONS,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['path'],
        items: {
          description: 'One child.',
          type: 'object',
          required: ['path'],
          properties: { path: derivationPath },
        },
      },
      deletionPolicy: {
        description:
          'What happens to the shares when the KeyShareSet is deleted. Retain keeps them, and a KeyShareSet of the ' +
          'same name takes them up again; Destroy has every party destroy its share: the key is gone.',
        type: 'string',
        enum: ['Retain', 'Destroy'],
        default: 'Retain',
      },
    },
    'x-kubernetes-validations': [
      {
        rule: 'self.threshold <= size(self.parties)',
        message: 'threshold must not exceed the number of parties',
        messageExpression:
          "'threshold %d exceeds the %d parties: lower spec.threshold or add to " +
          "spec.parties'.format([self.threshold, size(self.parties)])",
        fieldPath: '.threshold',
      },
      {
        rule: "self.purpose != 'eddsa' || self.curve == 'ed25519'",
        message: 'purpose eddsa needs curve ed25519',
        messageExpression:
          "'purpose eddsa needs curve ed25519, not ' + self.curve + ': set spec.curve to ed25519, or spec.purpose to " +
          "taproot or ecdsa'",
        fieldPath: '.curve',
      },
      {
        rule: "self.purpose != 'ecdsa' || self.curve in ['secp256k1', 'p256']",
        message: 'purpose ecdsa needs curve secp256k1 or p256',
        messageExpression:
          "'purpose ecdsa needs curve secp256k1 or p256, not ' + self.curve + ': set spec.curve to one of them, or " +
          "spec.purpose to eddsa'",
        fieldPath: '.curve',
      },
      {
        rule: "!has(self.protocol) || (self.purpose == 'ecdsa') == (self.protocol == 'cggmp24')",
        message: 'protocol cggmp24 is for purpose ecdsa, protocol frost for the others',
        messageExpression:
          "'protocol ' + self.protocol + ' does not sign for purpose ' + self.purpose + ': leave spec.protocol out'",
        fieldPath: '.protocol',
      },
      {
        rule: "!has(self.derivations) || size(self.derivations) == 0 || self.curve != 'p256'",
        message: 'derivations are for keys on secp256k1 and ed25519',
        messageExpression: "'a key on p256 has no children in this version: leave spec.derivations out'",
        fieldPath: '.derivations',
      },
      {
        rule: "self.purpose != 'ecdsa' || self.threshold <= 7",
        message: 'keys for ecdsa take thresholds up to 7',
        messageExpression:
          "'threshold %d: keys for ecdsa take thresholds up to 7, for the messages of more signers do not fit into " +
          "one of NATS'.format([self.threshold])",
        fieldPath: '.threshold',
      },
      {
        rule: "!self.allowPrehashed || self.purpose == 'ecdsa'",
        message: 'allowPrehashed is for purpose ecdsa',
        messageExpression:
          "'purpose ' + self.purpose + ' signs messages, not digests of them: leave spec.allowPrehashed out'",
        fieldPath: '.allowPrehashed',
      },
      {
        rule: "self.purpose != 'taproot' || self.curve == 'secp256k1'",
        message: 'purpose taproot needs curve secp256k1',
        messageExpression:
          "'purpose taproot needs curve secp256k1, not ' + self.curve + ': set spec.curve to secp256k1, or " +
          "spec.purpose to eddsa'",
        fieldPath: '.curve',
      },
    ],
  },
  status: {
    description: 'The key as the parties hold it.',
    type: 'object',
    properties: {
      observedGeneration,
      conditions,
      keyId: {
        description: 'The id of the key, which is chosen when the key is generated. It outlives this object.',
        ...hex(16),
      },
      publicKey: {
        description:
          'The public key under which signatures verify, in hex: 32 bytes for ed25519 (RFC 8032), the 32-byte x-only ' +
          'output key for taproot (BIP-341), 33 bytes, compressed, for ecdsa (SEC 1).',
        ...hex(33),
      },
      internalKey: {
        description: 'Taproot only: the x-only internal key before the BIP-341 tweak, in hex.',
        ...hex(32),
      },
      addresses,
      derivations: {
        description: 'The children that spec.derivations names.',
        type: 'array',
        maxItems: MAX_DERIVATIONS,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['path'],
        items: {
          description: 'One child.',
          type: 'object',
          required: ['path', 'publicKey'],
          properties: {
            path: { description: 'The path of the child.', type: 'string', maxLength: 256 },
            publicKey: {
              description:
                'The public key under which signatures of the child verify, in hex, in the form of `publicKey` above.',
              ...hex(33),
            },
            addresses,
          },
        },
      },
      epoch: {
        description: 'The highest certified epoch. The epoch rises with every refresh; the public key stays the same.',
        ...epoch,
      },
      parties: {
        description: 'The epochs of the shares that each party says it holds.',
        type: 'array',
        maxItems: MAX_PARTIES,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['id'],
        items: {
          description: 'One party.',
          type: 'object',
          required: ['id'],
          properties: {
            id: { description: 'The id of the party.', ...partyId },
            epoch: { description: 'The epoch that the party signs with.', ...epoch },
            erasedBelow: { description: 'The epoch below which the party has destroyed all its shares.', ...epoch },
          },
        },
      },
      certificate: {
        description:
          'The signatures of all parties under this key and epoch. `verify` checks them against the fingerprints of ' +
          'the identities, which are to be noted out of band.',
        type: 'object',
        required: [
          'keyId',
          'curve',
          'purpose',
          'threshold',
          'publicKey',
          'epoch',
          'base',
          'trigger',
          'commitments',
          'chainCodeHash',
          'transcript',
          'acks',
        ],
        properties: {
          keyId: { description: 'The id of the key.', ...hex(16) },
          curve: { description: 'The curve.', type: 'string', maxLength: 32 },
          purpose: { description: 'The purpose.', type: 'string', maxLength: 32 },
          threshold: {
            description: 'The number of parties that are needed to sign.',
            type: 'integer',
            format: 'int32',
            minimum: 2,
            maximum: MAX_PARTIES,
          },
          publicKey: { description: 'The group key before any tweak, in hex: a compressed point.', ...hex(33) },
          epoch: { description: 'The number of the attempt that became this epoch.', ...epoch },
          base: { description: 'The epoch from which this epoch was made; 0 for a new key.', ...epoch },
          trigger: {
            description: 'The trigger that asked for this epoch, as `<source>@<value>`.',
            type: 'string',
            maxLength: MAX_TRIGGER,
          },
          commitments: {
            description: 'The commitments of the sharing polynomial, in hex; the first is the group key.',
            type: 'array',
            maxItems: MAX_PARTIES,
            'x-kubernetes-list-type': 'atomic',
            items: { description: 'A compressed point.', ...hex(33) },
          },
          chainCodeHash: {
            description: 'Hash of the chain code, in hex. The chain code itself is known to the parties only.',
            ...hex(32),
          },
          transcript: { description: 'Hash of all messages of the session that made this epoch, in hex.', ...hex(32) },
          approvers: {
            description: 'Public keys that must approve a signature, pinned at key generation. This version: none.',
            type: 'array',
            maxItems: MAX_APPROVERS,
            'x-kubernetes-list-type': 'atomic',
            items: { description: 'A public key.', type: 'string', maxLength: 256 },
          },
          admins: {
            description: 'Public keys that must sign changes of the key, pinned at key generation. This version: none.',
            type: 'array',
            maxItems: MAX_APPROVERS,
            'x-kubernetes-list-type': 'atomic',
            items: { description: 'A public key.', type: 'string', maxLength: 256 },
          },
          acks: {
            description: 'The signature of each party.',
            type: 'array',
            maxItems: MAX_PARTIES,
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['party'],
            items: {
              description: 'One signature.',
              type: 'object',
              required: ['party', 'identity', 'signature'],
              properties: {
                party: { description: 'The id of the party.', ...partyId },
                identity: { description: 'The Ed25519 identity key of the party, in hex.', ...hex(32) },
                signature: { description: 'The Ed25519 signature of the party, in hex.', ...hex(64) },
              },
            },
          },
        },
      },
      refresh: {
        description: 'The refresh under way, or the last refresh that was tried.',
        type: 'object',
        required: ['trigger', 'phase'],
        properties: {
          trigger: {
            description: 'The trigger that asked for the refresh, as `<source>@<value>`.',
            type: 'string',
            maxLength: MAX_TRIGGER,
          },
          attempt: {
            description: 'The number of the attempt, which is the number of the epoch that it leads to if it succeeds.',
            ...epoch,
          },
          phase: {
            description: 'How far the refresh is.',
            type: 'string',
            enum: ['Pending', 'Preparing', 'Certified', 'Activated', 'Erased', 'Failed'],
          },
          startTime: {
            description: 'The time at which the refresh was first tried.',
            type: 'string',
            format: 'date-time',
          },
          completionTime: {
            description: 'The time at which the old shares were erased.',
            type: 'string',
            format: 'date-time',
          },
          failures: {
            description: 'The number of attempts that failed.',
            type: 'integer',
            format: 'int32',
            minimum: 0,
          },
          message: {
            description: 'Why the last attempt failed, and which parties were missing.',
            type: 'string',
            maxLength: MAX_TEXT,
          },
        },
      },
      triggers: triggers(
        'epoch',
        'The source of the trigger: `annotation`, or `policy/<name of the RotationPolicy>`.',
        'The value of the trigger: the value of the annotation, or the time of the slot.',
      ),
      lastRefreshTime: {
        description: 'The time at which the current epoch became final.',
        type: 'string',
        format: 'date-time',
      },
      auxiliaryTime: {
        description: 'For an ecdsa key: the time at which the auxiliary information that it signs with became final.',
        type: 'string',
        format: 'date-time',
      },
      healedTime: {
        description:
          'The time since which the key is healed: what was stolen from fewer than `threshold` parties before it is ' +
          'worth nothing any more, because the shares are newer. The shares of an ecdsa key must have been refreshed ' +
          'after its auxiliary information was rotated: healedTime is then the same as auxiliaryTime, and does not ' +
          'change until shares were refreshed after the next rotation.',
        type: 'string',
        format: 'date-time',
      },
      presignatures: {
        description: 'The number of presignatures at hand, at all parties together.',
        type: 'integer',
        format: 'int32',
        minimum: 0,
      },
    },
  },
  columns: [
    { name: 'Curve', type: 'string', jsonPath: '.spec.curve', description: 'The curve.' },
    {
      name: 'Purpose',
      type: 'string',
      jsonPath: '.spec.purpose',
      description: 'The kind of signatures that the key makes.',
    },
    {
      name: 'Threshold',
      type: 'integer',
      jsonPath: '.spec.threshold',
      description: 'The number of parties that are needed to sign.',
    },
    { name: 'Epoch', type: 'integer', jsonPath: '.status.epoch', description: 'The certified epoch.' },
    {
      name: 'Ready',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].status',
      description: 'Whether the key can sign.',
    },
    {
      name: 'Reason',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
      description: 'Why the key is ready, or not.',
    },
    {
      name: 'Address',
      type: 'string',
      jsonPath: '.status.addresses[0].address',
      description: 'The first address of the key.',
    },
    { name: 'Cluster', type: 'string', jsonPath: '.spec.clusterRef.name', description: 'The MpcCluster.', priority: 1 },
    { name: 'Public Key', type: 'string', jsonPath: '.status.publicKey', description: 'The public key.', priority: 1 },
    {
      name: 'Erased',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="OldSharesErased")].status',
      description: 'Whether old shares are destroyed.',
      priority: 1,
    },
    {
      name: 'Healed',
      type: 'date',
      jsonPath: '.status.healedTime',
      description: 'The time since which the key is healed.',
      priority: 1,
    },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation.' },
  ],
  selectableFields: ['.spec.clusterRef.name', '.spec.purpose'],
  rules: [
    {
      rule: "self.metadata.name.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$') && size(self.metadata.name) <= 63",
      message: 'metadata.name must be a DNS label of at most 63 characters',
    },
  ],
} as const satisfies Kind;
