import { MAX_PARTIES, MAX_TEXT, MAX_TRIGGER } from '../bounds.ts';
import type { Kind, ObjectSchema } from '../schema.ts';
import { conditions, observedGeneration } from './conditions.ts';
import { partyId } from './fields.ts';
import { placement } from './placement.ts';
import { quantity } from './quantity.ts';
import { triggers } from './triggers.ts';

const resources = (of: string, requests: { cpu: string; memory: string }, limits: { memory: string }) =>
  ({
    description: `Compute resources of ${of}.`,
    type: 'object',
    default: { requests, limits },
    properties: {
      requests: {
        description: 'The amounts that the scheduler reserves, by resource name. A fraction takes quotes: cpu: "0.5".',
        type: 'object',
        maxProperties: 8,
        additionalProperties: { description: 'A quantity, such as 1, 100m, 256Mi or "0.5" in quotes.', ...quantity },
      },
      limits: {
        description:
          'The amounts that the container may use at most, by resource name. A fraction takes quotes: cpu: "0.5".',
        type: 'object',
        maxProperties: 8,
        additionalProperties: { description: 'A quantity, such as 2, 500m, 512Mi or "1.5" in quotes.', ...quantity },
      },
    },
  }) as const satisfies ObjectSchema;

/** The kind MpcCluster: n parties in zones, each with its HSM, and the private NATS between them. */
export const MpcCluster = {
  kind: 'MpcCluster',
  plural: 'mpcclusters',
  singular: 'mpccluster',
  shortNames: ['mpcc'],
  description:
    'MpcCluster runs the parties of a threshold-signing service: one pod for each party, in its own zone and with ' +
    'its own HSM, and a private NATS between the parties. A KeyShareSet makes a key in it. One namespace per ' +
    'MpcCluster is recommended: anyone who may exec into its pods can read its PINs.',
  spec: {
    description: 'The cluster that is to be run.',
    type: 'object',
    required: ['parties'],
    properties: {
      parties: {
        description:
          'The parties. A party is bound to its zone for life, because its volumes are. Parties can be added, but a ' +
          'party that may hold shares cannot be removed.',
        type: 'array',
        minItems: 2,
        maxItems: MAX_PARTIES,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['id'],
        items: {
          description: 'One party.',
          type: 'object',
          required: ['id', 'zone'],
          properties: {
            id: {
              description:
                'The number of the party. It is the x-coordinate of the party in every sharing, and part of the ' +
                'names of its objects.',
              ...partyId,
            },
            zone: {
              description: 'The value of the node label `topology.kubernetes.io/zone` where the party runs.',
              type: 'string',
              minLength: 1,
              maxLength: 63,
              pattern: '^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$',
            },
          },
        },
        'x-kubernetes-validations': [
          {
            rule: 'oldSelf.all(o, self.exists(p, p.id == o.id))',
            message: 'a party cannot be removed: it may hold shares of keys. Put it back into spec.parties',
            reason: 'FieldValueForbidden',
          },
          {
            rule: 'oldSelf.all(o, self.all(p, p.id != o.id || p.zone == o.zone))',
            message:
              'the zone of a party cannot change: its volumes are bound to it. Restore spec.parties[].zone, or add a ' +
              'new party in the other zone',
            reason: 'FieldValueForbidden',
          },
        ],
      },
      deletionPolicy: {
        description:
          'What happens to volumes, PINs and identities when the MpcCluster is deleted. Retain keeps them, and an ' +
          'MpcCluster of the same name takes them up again; Destroy deletes them, and with them every share. With ' +
          'either policy an MpcCluster is not deleted while it has KeyShareSets.',
        type: 'string',
        enum: ['Retain', 'Destroy'],
        default: 'Retain',
      },
      storage: {
        description: 'The two volumes of each party. The volumes are made once and never resized.',
        type: 'object',
        default: {},
        properties: {
          className: {
            description: 'The StorageClass of both volumes. Unset: the default class of the Kubernetes cluster.',
            type: 'string',
            maxLength: 253,
          },
          store: {
            description: 'Size of the volume with the log and the sealed shares. Only the party mounts it.',
            default: '1Gi',
            ...quantity,
          },
          token: {
            description: 'Size of the volume with the token of the software HSM. Only the HSM sidecar mounts it.',
            default: '64Mi',
            ...quantity,
          },
        },
        'x-kubernetes-validations': [
          {
            rule: 'self == oldSelf',
            message: 'storage cannot change after creation: the volumes exist already. Restore spec.storage',
            reason: 'FieldValueForbidden',
          },
        ],
      },
      images: {
        description:
          'Container images. Unset: the images that the operator was installed with. In production, pin images by ' +
          'digest and enforce that by an admission policy.',
        type: 'object',
        default: {},
        properties: {
          party: { description: 'Image of the party.', type: 'string', minLength: 1, maxLength: 512 },
          hsm: { description: 'Image of the HSM sidecar.', type: 'string', minLength: 1, maxLength: 512 },
          nats: { description: 'Image of the NATS servers.', type: 'string', minLength: 1, maxLength: 512 },
          pullPolicy: {
            description: 'When the kubelet pulls the images.',
            type: 'string',
            enum: ['Always', 'IfNotPresent', 'Never'],
            default: 'IfNotPresent',
          },
          pullSecrets: {
            description:
              'The Secrets with which the kubelet pulls the images, in the namespace of the MpcCluster ' +
              '(`imagePullSecrets` of the pods).',
            type: 'array',
            maxItems: 8,
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['name'],
            items: {
              description: 'One Secret.',
              type: 'object',
              required: ['name'],
              properties: {
                name: { description: 'The name of the Secret.', type: 'string', minLength: 1, maxLength: 253 },
              },
            },
          },
        },
      },
      placement: {
        description:
          'On which nodes of their zones the pods may run, and how they are scheduled. A change restarts the pods, ' +
          'and of the parties one at a time.',
        type: 'object',
        properties: {
          party: placement(
            'the parties',
            'How parties of one zone are spread over other places than nodes, such as racks. Two parties never share ' +
              'a node.',
          ),
          nats: placement(
            'the NATS servers',
            'How NATS servers are spread over other places than zones. Each zone with a party has one server.',
          ),
        },
      },
      resources: {
        description: 'Compute resources of the containers.',
        type: 'object',
        default: {},
        properties: {
          party: resources('the party', { cpu: '50m', memory: '256Mi' }, { memory: '768Mi' }),
          hsm: resources('the HSM sidecar', { cpu: '10m', memory: '32Mi' }, { memory: '128Mi' }),
          nats: resources('a NATS server', { cpu: '20m', memory: '32Mi' }, { memory: '256Mi' }),
        },
      },
      securityLevel: {
        description:
          'Bits of security of threshold ECDSA against factoring: 128 (Paillier moduli of 3072 bits) or 112 (moduli ' +
          'of 2048 bits, some three times as fast). Other protocols do not depend on this level.',
        type: 'integer',
        format: 'int32',
        enum: [112, 128],
        default: 128,
        'x-kubernetes-validations': [
          {
            rule: 'self == oldSelf',
            message:
              'securityLevel cannot change: keys rely on it. Restore spec.securityLevel, or create another MpcCluster',
            reason: 'FieldValueForbidden',
          },
        ],
      },
      logLevel: {
        description: 'How much the parties log. They log no secret at any level.',
        type: 'string',
        enum: ['debug', 'info', 'warn', 'error'],
        default: 'info',
      },
    },
  },
  status: {
    description: 'The cluster as its pods and parties show it.',
    type: 'object',
    properties: {
      observedGeneration,
      conditions,
      readyParties: {
        description: 'The number of ready parties, of all parties, such as 3/3.',
        type: 'string',
        maxLength: 16,
      },
      keys: {
        description: 'The number of KeyShareSets that name this cluster.',
        type: 'integer',
        format: 'int32',
        minimum: 0,
      },
      auxiliary: {
        description:
          'The auxiliary information of threshold ECDSA: Paillier keys and ring-Pedersen parameters, which the ' +
          'parties prove to each other. It serves all ECDSA keys of the cluster. Its generations are numbered.',
        type: 'object',
        required: ['phase'],
        properties: {
          generation: {
            description: 'The highest certified generation; 0 if there is none yet.',
            type: 'integer',
            format: 'int32',
            minimum: 0,
          },
          time: { description: 'The time at which the generation became final.', type: 'string', format: 'date-time' },
          phase: {
            description:
              'How far the generation under way is, or the last generation. Generating: the parties make safe ' +
              'primes, which takes minutes.',
            type: 'string',
            enum: ['Generating', 'Pending', 'Preparing', 'Certified', 'Activated', 'Final', 'Failed'],
          },
          trigger: {
            description: 'The trigger that asked for the generation, as `<source>@<value>`.',
            type: 'string',
            maxLength: MAX_TRIGGER,
          },
          attempt: {
            description:
              'The number of the attempt, which is the number of the generation that it leads to if it succeeds.',
            type: 'integer',
            format: 'int32',
            minimum: 0,
          },
          primesReady: {
            description:
              'The number of parties that have safe primes at hand for the next generation, of all parties, such as ' +
              '2/3.',
            type: 'string',
            maxLength: 16,
          },
          message: {
            description: 'Why the generation is in this phase, for people.',
            type: 'string',
            maxLength: MAX_TEXT,
          },
          triggers: triggers(
            'generation',
            'The source of the trigger: `first`, `parties` (other parties than before), `level` (another security ' +
              'level), `annotation`, or `policy/<name of the RotationPolicy>`.',
            'The value of the trigger: the value of the annotation, the time of the slot, the ids of the parties, or ' +
              'the level.',
          ),
        },
      },
      caFingerprint: {
        description:
          'SHA-256 of the certificate authority of the transport, in hex. This authority authenticates connections, ' +
          'never a party to a party.',
        type: 'string',
        maxLength: 64,
      },
      parties: {
        description: 'Each party.',
        type: 'array',
        maxItems: MAX_PARTIES,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['id'],
        items: {
          description: 'One party.',
          type: 'object',
          required: ['id', 'zone', 'pod', 'ready'],
          properties: {
            id: {
              description: 'The number of the party.',
              ...partyId,
            },
            zone: { description: 'The zone of the party.', type: 'string', maxLength: 63 },
            pod: { description: 'The name of the pod of the party.', type: 'string', maxLength: 253 },
            node: { description: 'The node that the pod runs on.', type: 'string', maxLength: 253 },
            identity: {
              description:
                'Fingerprint of the identity key of the party (SHA-256 of the Ed25519 public key, in hex). Note it ' +
                'out of band: `verify` checks certificates against it.',
              type: 'string',
              maxLength: 64,
            },
            ready: { description: 'Whether the party can take part in signing.', type: 'boolean' },
            reason: {
              description: 'Why the party is not ready, as one CamelCase word.',
              type: 'string',
              maxLength: 128,
            },
            message: { description: 'Why the party is not ready, for people.', type: 'string', maxLength: MAX_TEXT },
          },
        },
      },
    },
  },
  columns: [
    {
      name: 'Ready',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].status',
      description: 'Whether all parties are ready.',
    },
    {
      name: 'Parties',
      type: 'string',
      jsonPath: '.status.readyParties',
      description: 'The number of ready parties, of all parties.',
    },
    {
      name: 'Quorum',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="QuorumAvailable")].status',
      description: 'Whether every key can sign.',
    },
    {
      name: 'ECDSA',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="AuxiliaryReady")].status',
      description: 'Whether ECDSA keys can be made and can sign.',
    },
    {
      name: 'Keys',
      type: 'integer',
      jsonPath: '.status.keys',
      description: 'The number of KeyShareSets of this cluster.',
    },
    {
      name: 'Reason',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
      description: 'Why the cluster is ready, or not.',
    },
    {
      name: 'HSM',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="HsmHealthy")].status',
      description: 'Whether every HSM answers.',
      priority: 1,
    },
    {
      name: 'Zones',
      type: 'string',
      jsonPath: '.status.conditions[?(@.type=="ZonesSpread")].status',
      description: 'Whether the loss of a zone leaves a quorum.',
      priority: 1,
    },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', description: 'Time since creation.' },
  ],
  rules: [
    {
      rule: "self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$') && size(self.metadata.name) <= 40",
      message:
        'metadata.name must be a DNS label of at most 40 characters that starts with a letter: the names of pods and ' +
        'services are made from it',
    },
  ],
} as const satisfies Kind;
