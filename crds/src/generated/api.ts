// Generated from crds/src/kinds by `make generate`. Do not edit.
import type { API_VERSION } from '../group.ts';
import type { ObjectMeta } from '../object-meta.ts';

/** MpcCluster runs the parties of a threshold-signing service: one pod for each party, in its own zone and with its own HSM, and a private NATS between the parties. A KeyShareSet makes a key in it. One namespace per MpcCluster is recommended: anyone who may exec into its pods can read its PINs. */
export interface MpcCluster {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'MpcCluster';
  readonly metadata: ObjectMeta;
  readonly spec: MpcClusterSpec;
  readonly status?: MpcClusterStatus;
}

/** The cluster that is to be run. */
export interface MpcClusterSpec {
  /** The parties. A party is bound to its zone for life, because its volumes are. Parties can be added, but a party that may hold shares cannot be removed. */
  readonly parties: readonly {
    /** The number of the party. It is the x-coordinate of the party in every sharing, and part of the names of its objects. */
    readonly id: number;
    /** The value of the node label `topology.kubernetes.io/zone` where the party runs. */
    readonly zone: string;
  }[];
  /** What happens to volumes, PINs and identities when the MpcCluster is deleted. Retain keeps them, and an MpcCluster of the same name takes them up again; Destroy deletes them, and with them every share. With either policy an MpcCluster is not deleted while it has KeyShareSets. */
  readonly deletionPolicy: 'Retain' | 'Destroy';
  /** The two volumes of each party. The volumes are made once and never resized. */
  readonly storage: {
    /** The StorageClass of both volumes. Unset: the default class of the Kubernetes cluster. */
    readonly className?: string;
    /** Size of the volume with the log and the sealed shares. Only the party mounts it. */
    readonly store: number | string;
    /** Size of the volume with the token of the software HSM. Only the HSM sidecar mounts it. */
    readonly token: number | string;
  };
  /** Container images. Unset: the images that the operator was installed with. In production, pin images by digest and enforce that by an admission policy. */
  readonly images: {
    /** Image of the party. */
    readonly party?: string;
    /** Image of the HSM sidecar. */
    readonly hsm?: string;
    /** Image of the NATS servers. */
    readonly nats?: string;
    /** When the kubelet pulls the images. */
    readonly pullPolicy: 'Always' | 'IfNotPresent' | 'Never';
    /** The Secrets with which the kubelet pulls the images, in the namespace of the MpcCluster (`imagePullSecrets` of the pods). */
    readonly pullSecrets?: readonly {
      /** The name of the Secret. */
      readonly name: string;
    }[];
  };
  /** On which nodes of their zones the pods may run, and how they are scheduled. A change restarts the pods, and of the parties one at a time. */
  readonly placement?: {
    /** Where the parties may run. */
    readonly party?: {
      /** The labels that a node must have to run the parties, besides that of the zone. */
      readonly nodeSelector?: { readonly [name: string]: string };
      /** The taints of nodes that do not keep the parties away. */
      readonly tolerations?: readonly ({
        /** The key of the taint. Unset: any key. */
        readonly key?: string;
        /** Whether the value of the taint must be `value`, or may be any. */
        readonly operator: 'Equal' | 'Exists';
        /** The value of the taint. */
        readonly value?: string;
        /** The effect of the taint. Unset: any effect. */
        readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
        /** Seconds that a pod stays after such a taint came. Unset: for ever. */
        readonly tolerationSeconds?: number;
      })[];
      /** The PriorityClass of the parties. Unset: the default of the Kubernetes cluster. */
      readonly priorityClassName?: string;
      /** How parties of one zone are spread over other places than nodes, such as racks. Two parties never share a node. */
      readonly topologySpreadConstraints?: readonly ({
        /** The node label whose values are the places to spread over, such as that of a rack. */
        readonly topologyKey: string;
        /** What becomes of a pod that would break the constraint. */
        readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
        /** How many pods more than the emptiest place any place may have. */
        readonly maxSkew: number;
      })[];
    };
    /** Where the NATS servers may run. */
    readonly nats?: {
      /** The labels that a node must have to run the NATS servers, besides that of the zone. */
      readonly nodeSelector?: { readonly [name: string]: string };
      /** The taints of nodes that do not keep the NATS servers away. */
      readonly tolerations?: readonly ({
        /** The key of the taint. Unset: any key. */
        readonly key?: string;
        /** Whether the value of the taint must be `value`, or may be any. */
        readonly operator: 'Equal' | 'Exists';
        /** The value of the taint. */
        readonly value?: string;
        /** The effect of the taint. Unset: any effect. */
        readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
        /** Seconds that a pod stays after such a taint came. Unset: for ever. */
        readonly tolerationSeconds?: number;
      })[];
      /** The PriorityClass of the NATS servers. Unset: the default of the Kubernetes cluster. */
      readonly priorityClassName?: string;
      /** How NATS servers are spread over other places than zones. Each zone with a party has one server. */
      readonly topologySpreadConstraints?: readonly ({
        /** The node label whose values are the places to spread over, such as that of a rack. */
        readonly topologyKey: string;
        /** What becomes of a pod that would break the constraint. */
        readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
        /** How many pods more than the emptiest place any place may have. */
        readonly maxSkew: number;
      })[];
    };
  };
  /** Compute resources of the containers. */
  readonly resources: {
    /** Compute resources of the party. */
    readonly party: {
      /** The amounts that the scheduler reserves, by resource name. A fraction takes quotes: cpu: "0.5". */
      readonly requests?: { readonly [name: string]: number | string };
      /** The amounts that the container may use at most, by resource name. A fraction takes quotes: cpu: "0.5". */
      readonly limits?: { readonly [name: string]: number | string };
    };
    /** Compute resources of the HSM sidecar. */
    readonly hsm: {
      /** The amounts that the scheduler reserves, by resource name. A fraction takes quotes: cpu: "0.5". */
      readonly requests?: { readonly [name: string]: number | string };
      /** The amounts that the container may use at most, by resource name. A fraction takes quotes: cpu: "0.5". */
      readonly limits?: { readonly [name: string]: number | string };
    };
    /** Compute resources of a NATS server. */
    readonly nats: {
      /** The amounts that the scheduler reserves, by resource name. A fraction takes quotes: cpu: "0.5". */
      readonly requests?: { readonly [name: string]: number | string };
      /** The amounts that the container may use at most, by resource name. A fraction takes quotes: cpu: "0.5". */
      readonly limits?: { readonly [name: string]: number | string };
    };
  };
  /** Bits of security of threshold ECDSA against factoring: 128 (Paillier moduli of 3072 bits) or 112 (moduli of 2048 bits, some three times as fast). Other protocols do not depend on this level. */
  readonly securityLevel: 112 | 128;
  /** How much the parties log. They log no secret at any level. */
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

/** The cluster as its pods and parties show it. */
export interface MpcClusterStatus {
  /** The `metadata.generation` that this status was computed for. */
  readonly observedGeneration?: number;
  /** The latest observations of the object, one for each type. `lastTransitionTime` changes only with `status`; `observedGeneration` is the `metadata.generation` that the observation was made for. */
  readonly conditions?: readonly ({
    /** The type of the observation, in CamelCase. */
    readonly type: string;
    /** Whether the condition holds. */
    readonly status: 'True' | 'False' | 'Unknown';
    /** The generation of the spec that the observation was made for. */
    readonly observedGeneration?: number;
    /** When `status` last changed. */
    readonly lastTransitionTime: string;
    /** The reason for `status`, as one CamelCase word. */
    readonly reason: string;
    /** The reason for `status`, for people, with the remedy if there is one. */
    readonly message: string;
  })[];
  /** The number of ready parties, of all parties, such as 3/3. */
  readonly readyParties?: string;
  /** The number of KeyShareSets that name this cluster. */
  readonly keys?: number;
  /** The auxiliary information of threshold ECDSA: Paillier keys and ring-Pedersen parameters, which the parties prove to each other. It serves all ECDSA keys of the cluster. Its generations are numbered. */
  readonly auxiliary?: {
    /** The highest certified generation; 0 if there is none yet. */
    readonly generation?: number;
    /** The time at which the generation became final. */
    readonly time?: string;
    /** How far the generation under way is, or the last generation. Generating: the parties make safe primes, which takes minutes. */
    readonly phase: 'Generating' | 'Pending' | 'Preparing' | 'Certified' | 'Activated' | 'Final' | 'Failed';
    /** The trigger that asked for the generation, as `<source>@<value>`. */
    readonly trigger?: string;
    /** The number of the attempt, which is the number of the generation that it leads to if it succeeds. */
    readonly attempt?: number;
    /** The number of parties that have safe primes at hand for the next generation, of all parties, such as 2/3. */
    readonly primesReady?: string;
    /** Why the generation is in this phase, for people. */
    readonly message?: string;
    /** The last trigger of each source that the parties have carried out. A trigger that is listed here is not carried out again. Of more than 64 sources the oldest policies are forgotten: the source `policies` stands for them, and no slot up to its value is carried out again. */
    readonly triggers?: readonly {
      /** The source of the trigger: `first`, `parties` (other parties than before), `level` (another security level), `annotation`, or `policy/<name of the RotationPolicy>`. */
      readonly source: string;
      /** The value of the trigger: the value of the annotation, the time of the slot, the ids of the parties, or the level. */
      readonly value: string;
      /** The generation that the trigger led to. */
      readonly generation: number;
    }[];
  };
  /** SHA-256 of the certificate authority of the transport, in hex. This authority authenticates connections, never a party to a party. */
  readonly caFingerprint?: string;
  /** Each party. */
  readonly parties?: readonly {
    /** The number of the party. */
    readonly id: number;
    /** The zone of the party. */
    readonly zone: string;
    /** The name of the pod of the party. */
    readonly pod: string;
    /** The node that the pod runs on. */
    readonly node?: string;
    /** Fingerprint of the identity key of the party (SHA-256 of the Ed25519 public key, in hex). Note it out of band: `verify` checks certificates against it. */
    readonly identity?: string;
    /** Whether the party can take part in signing. */
    readonly ready: boolean;
    /** Why the party is not ready, as one CamelCase word. */
    readonly reason?: string;
    /** Why the party is not ready, for people. */
    readonly message?: string;
  }[];
}

/** KeyShareSet is one key that no machine ever holds whole: the parties of an MpcCluster make it together, each keeps one share sealed by its HSM, and any `threshold` parties can sign. The status shows what the parties hold: a KeyShareSet that is deleted and applied again finds its key. */
export interface KeyShareSet {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'KeyShareSet';
  readonly metadata: ObjectMeta;
  readonly spec: KeyShareSetSpec;
  readonly status?: KeyShareSetStatus;
}

/** The key that is to be made. */
export interface KeyShareSetSpec {
  /** The MpcCluster, in the same namespace, whose parties hold the key. */
  readonly clusterRef: {
    /** The name of the MpcCluster. */
    readonly name: string;
  };
  /** The elliptic curve. */
  readonly curve: 'ed25519' | 'secp256k1' | 'p256';
  /** The kind of signatures that the key makes, which never changes: `eddsa` (RFC 8032, on ed25519), `taproot` (BIP-340 under the BIP-341 output key, on secp256k1) or `ecdsa` (on secp256k1 or p256). */
  readonly purpose: 'eddsa' | 'taproot' | 'ecdsa';
  /** The protocol by which the parties sign: `frost` (RFC 9591) for eddsa and taproot, `cggmp24` (ePrint 2021/060) for ecdsa. Unset: the protocol of the purpose. */
  readonly protocol?: 'frost' | 'cggmp24';
  /** The number of parties that are needed to sign. Fewer parties learn nothing about the key. */
  readonly threshold: number;
  /** The ids of the parties of the MpcCluster that hold a share. */
  readonly parties: readonly number[];
  /** Whether an ecdsa key also signs a digest without its message (`digest: prehashed`): the parties then cannot see what they sign. Such a request is always signed interactively. */
  readonly allowPrehashed: boolean;
  /** Presignatures: ECDSA signatures that are made ahead, all but the message, so that a request is answered in two short rounds. The parties hold presignatures in memory only and use each of them once. */
  readonly presignatures: {
    /** The number of presignatures that each party keeps for the sessions it leads. 0: none, every request is signed interactively. */
    readonly target: number;
    /** The number of presignatures below which new ones are made, up to the target. Unset: half of the target. */
    readonly lowWater?: number;
  };
  /** The children of the key whose public keys and addresses the status shows. A SignRequest can name any other child as well. */
  readonly derivations?: readonly {
    /** A path such as m/44/60/0/0/7, of at most 10 levels. Keys on secp256k1 have the children of BIP-32 without hardening. Keys on ed25519 have children by a convention of their own, which wallets do not know. */
    readonly path: string;
  }[];
  /** What happens to the shares when the KeyShareSet is deleted. Retain keeps them, and a KeyShareSet of the same name takes them up again; Destroy has every party destroy its share: the key is gone. */
  readonly deletionPolicy: 'Retain' | 'Destroy';
}

/** The key as the parties hold it. */
export interface KeyShareSetStatus {
  /** The `metadata.generation` that this status was computed for. */
  readonly observedGeneration?: number;
  /** The latest observations of the object, one for each type. `lastTransitionTime` changes only with `status`; `observedGeneration` is the `metadata.generation` that the observation was made for. */
  readonly conditions?: readonly ({
    /** The type of the observation, in CamelCase. */
    readonly type: string;
    /** Whether the condition holds. */
    readonly status: 'True' | 'False' | 'Unknown';
    /** The generation of the spec that the observation was made for. */
    readonly observedGeneration?: number;
    /** When `status` last changed. */
    readonly lastTransitionTime: string;
    /** The reason for `status`, as one CamelCase word. */
    readonly reason: string;
    /** The reason for `status`, for people, with the remedy if there is one. */
    readonly message: string;
  })[];
  /** The id of the key, which is chosen when the key is generated. It outlives this object. */
  readonly keyId?: string;
  /** The public key under which signatures verify, in hex: 32 bytes for ed25519 (RFC 8032), the 32-byte x-only output key for taproot (BIP-341), 33 bytes, compressed, for ecdsa (SEC 1). */
  readonly publicKey?: string;
  /** Taproot only: the x-only internal key before the BIP-341 tweak, in hex. */
  readonly internalKey?: string;
  /** Addresses of the key. */
  readonly addresses?: readonly {
    /** The chain, such as bitcoin or solana. */
    readonly chain: string;
    /** The network of the chain, such as mainnet or testnet. */
    readonly network: string;
    /** The address. */
    readonly address: string;
  }[];
  /** The children that spec.derivations names. */
  readonly derivations?: readonly {
    /** The path of the child. */
    readonly path: string;
    /** The public key under which signatures of the child verify, in hex, in the form of `publicKey` above. */
    readonly publicKey: string;
    /** Addresses of the key. */
    readonly addresses?: readonly {
      /** The chain, such as bitcoin or solana. */
      readonly chain: string;
      /** The network of the chain, such as mainnet or testnet. */
      readonly network: string;
      /** The address. */
      readonly address: string;
    }[];
  }[];
  /** The highest certified epoch. The epoch rises with every refresh; the public key stays the same. */
  readonly epoch?: number;
  /** The epochs of the shares that each party says it holds. */
  readonly parties?: readonly {
    /** The id of the party. */
    readonly id: number;
    /** The epoch that the party signs with. */
    readonly epoch?: number;
    /** The epoch below which the party has destroyed all its shares. */
    readonly erasedBelow?: number;
  }[];
  /** The signatures of all parties under this key and epoch. `verify` checks them against the fingerprints of the identities, which are to be noted out of band. */
  readonly certificate?: {
    /** The id of the key. */
    readonly keyId: string;
    /** The curve. */
    readonly curve: string;
    /** The purpose. */
    readonly purpose: string;
    /** The number of parties that are needed to sign. */
    readonly threshold: number;
    /** The group key before any tweak, in hex: a compressed point. */
    readonly publicKey: string;
    /** The number of the attempt that became this epoch. */
    readonly epoch: number;
    /** The epoch from which this epoch was made; 0 for a new key. */
    readonly base: number;
    /** The trigger that asked for this epoch, as `<source>@<value>`. */
    readonly trigger: string;
    /** The commitments of the sharing polynomial, in hex; the first is the group key. */
    readonly commitments: readonly string[];
    /** Hash of the chain code, in hex. The chain code itself is known to the parties only. */
    readonly chainCodeHash: string;
    /** Hash of all messages of the session that made this epoch, in hex. */
    readonly transcript: string;
    /** Public keys that must approve a signature, pinned at key generation. This version: none. */
    readonly approvers?: readonly string[];
    /** Public keys that must sign changes of the key, pinned at key generation. This version: none. */
    readonly admins?: readonly string[];
    /** The signature of each party. */
    readonly acks: readonly {
      /** The id of the party. */
      readonly party: number;
      /** The Ed25519 identity key of the party, in hex. */
      readonly identity: string;
      /** The Ed25519 signature of the party, in hex. */
      readonly signature: string;
    }[];
  };
  /** The refresh under way, or the last refresh that was tried. */
  readonly refresh?: {
    /** The trigger that asked for the refresh, as `<source>@<value>`. */
    readonly trigger: string;
    /** The number of the attempt, which is the number of the epoch that it leads to if it succeeds. */
    readonly attempt?: number;
    /** How far the refresh is. */
    readonly phase: 'Pending' | 'Preparing' | 'Certified' | 'Activated' | 'Erased' | 'Failed';
    /** The time at which the refresh was first tried. */
    readonly startTime?: string;
    /** The time at which the old shares were erased. */
    readonly completionTime?: string;
    /** The number of attempts that failed. */
    readonly failures?: number;
    /** Why the last attempt failed, and which parties were missing. */
    readonly message?: string;
  };
  /** The last trigger of each source that the parties have carried out. A trigger that is listed here is not carried out again. Of more than 64 sources the oldest policies are forgotten: the source `policies` stands for them, and no slot up to its value is carried out again. */
  readonly triggers?: readonly {
    /** The source of the trigger: `annotation`, or `policy/<name of the RotationPolicy>`. */
    readonly source: string;
    /** The value of the trigger: the value of the annotation, or the time of the slot. */
    readonly value: string;
    /** The epoch that the trigger led to. */
    readonly epoch: number;
  }[];
  /** The time at which the current epoch became final. */
  readonly lastRefreshTime?: string;
  /** For an ecdsa key: the time at which the auxiliary information that it signs with became final. */
  readonly auxiliaryTime?: string;
  /** The time since which the key is healed: what was stolen from fewer than `threshold` parties before it is worth nothing any more, because the shares are newer. The shares of an ecdsa key must have been refreshed after its auxiliary information was rotated: healedTime is then the same as auxiliaryTime, and does not change until shares were refreshed after the next rotation. */
  readonly healedTime?: string;
  /** The number of presignatures at hand, at all parties together. */
  readonly presignatures?: number;
}

/** SignRequest asks for one signature with one key. To create one, a user needs the verb `sign` on the KeyShareSet. A SignRequest never changes; its answer, a signature or a failure, is final. */
export interface SignRequest {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'SignRequest';
  readonly metadata: ObjectMeta;
  readonly spec: SignRequestSpec;
  readonly status?: SignRequestStatus;
}

/** What is to be signed. */
export interface SignRequestSpec {
  /** The KeyShareSet, in the same namespace, to sign with. */
  readonly keyRef: {
    /** The name of the KeyShareSet. */
    readonly name: string;
  };
  /** The message, in base64: 0 to 65536 bytes once decoded. An eddsa key signs the message as in RFC 8032. A taproot key signs the message as in BIP-340: for a transaction, the message is its 32-byte sighash. An ecdsa key signs the digest of the message. The empty message, "", is signed as well. */
  readonly message: string;
  /** For ecdsa keys only: the digest of the message that is signed. sha256d is SHA-256 twice, as in Bitcoin; keccak256 is the hash of Ethereum; prehashed means that the message is already a digest of 32 bytes, which the KeyShareSet must allow. Unset: sha256. */
  readonly digest?: 'sha256' | 'sha256d' | 'keccak256' | 'prehashed';
  /** A path such as m/44/60/0/0/7, of at most 10 levels. Keys on secp256k1 have the children of BIP-32 without hardening. Keys on ed25519 have children by a convention of their own, which wallets do not know. */
  readonly derivationPath?: string;
  /** The number of seconds after its creation at which a request without a signature fails. */
  readonly deadlineSeconds: number;
  /** The number of seconds after which a finished request is deleted. 0: at once; -1: never, the request is kept until somebody deletes it. Unset: one day. */
  readonly ttlSecondsAfterFinished: number;
}

/** The answer, and how it came about. */
export interface SignRequestStatus {
  /** The `metadata.generation` that this status was computed for. */
  readonly observedGeneration?: number;
  /** The latest observations of the object, one for each type. `lastTransitionTime` changes only with `status`; `observedGeneration` is the `metadata.generation` that the observation was made for. */
  readonly conditions?: readonly ({
    /** The type of the observation, in CamelCase. */
    readonly type: string;
    /** Whether the condition holds. */
    readonly status: 'True' | 'False' | 'Unknown';
    /** The generation of the spec that the observation was made for. */
    readonly observedGeneration?: number;
    /** When `status` last changed. */
    readonly lastTransitionTime: string;
    /** The reason for `status`, as one CamelCase word. */
    readonly reason: string;
    /** The reason for `status`, for people, with the remedy if there is one. */
    readonly message: string;
  })[];
  /** How far the request is. Pending: no session has begun, see reason. Signing: a session runs. Succeeded and Failed are final. */
  readonly phase?: 'Pending' | 'Signing' | 'Succeeded' | 'Failed';
  /** Why the request is in this phase, as one CamelCase word. */
  readonly reason?: string;
  /** Why the request is in this phase, for people. */
  readonly message?: string;
  /** The signature, 64 bytes in hex: R and s (RFC 8032) for eddsa, as in BIP-340 for taproot, r and low s for ecdsa. */
  readonly signature?: string;
  /** The public key under which the signature verifies, in hex. It is the key of the child if the request names a path. */
  readonly publicKey?: string;
  /** For an ecdsa key: the digest that was signed, in hex. */
  readonly digest?: string;
  /** For an ecdsa key: the signature as Ecdsa-Sig-Value of RFC 3279, in hex. */
  readonly der?: string;
  /** For an ecdsa key: the number of the right one among the public keys that fit the signature (SEC 1, C.8). */
  readonly recoveryId?: number;
  /** The id of the key. */
  readonly keyId?: string;
  /** The epoch of the shares that signed. */
  readonly epoch?: number;
  /** The party that led the session. */
  readonly leader?: number;
  /** The parties whose shares made the signature. */
  readonly signers?: readonly number[];
  /** The number of sessions that were run for the request. */
  readonly attempts?: number;
  /** The time from when the leader saw the request to the verified signature, in milliseconds. */
  readonly durationMilliseconds?: number;
  /** The time at which the first session began. */
  readonly startTime?: string;
  /** The time at which the request was finished. */
  readonly completionTime?: string;
  /** The parties that provably misbehaved in a session of this request. */
  readonly culprits?: readonly {
    /** The party. */
    readonly party: number;
    /** What the party did. */
    readonly reason: string;
  }[];
}

/** RotationPolicy refreshes the shares of keys on a schedule. For ecdsa keys it also rotates the auxiliary information of their MpcCluster. Each slot runs once for each key, even if processes restart; of several missed slots only the last one is made up for. A policy that is deleted asks for nothing more; what the parties have begun for it they finish. */
export interface RotationPolicy {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'RotationPolicy';
  readonly metadata: ObjectMeta;
  readonly spec: RotationPolicySpec;
  readonly status?: RotationPolicyStatus;
}

/** The schedule, and the keys. */
export interface RotationPolicySpec {
  /** The schedule, as in cron: minute, hour, day of month, month, day of week; or @hourly, @daily, @weekly, @monthly, @yearly. A field is `*`, or has numbers or English abbreviations, as values (1), ranges (1-5), lists (1,3) and steps (`*\/2`, `0-30/10`). If neither day of month nor day of week is `*`, the schedule comes on the days of both. */
  readonly schedule: string;
  /** The time zone of the schedule, by its name in the IANA database, such as Europe/Zurich. */
  readonly timeZone: string;
  /** Whether the policy is suspended. True: no slot is started, but a refresh under way is finished. */
  readonly suspend: boolean;
  /** The number of seconds after which a missed slot is skipped. Unset: the last missed slot is always made up for. */
  readonly startingDeadlineSeconds?: number;
  /** The KeyShareSets, in the same namespace, to refresh: those in `names`, those that `selector` selects, or, with `all: true`, all of them. */
  readonly keys: {
    /** The names of the keys. */
    readonly names?: readonly string[];
    /** Whether all keys of the namespace are refreshed, those that are made later included. */
    readonly all?: boolean;
    /** The labels of the keys. An empty selector is refused: for all keys there is `all: true`. */
    readonly selector?: {
      /** Labels and values, all of which a key must have. */
      readonly matchLabels?: { readonly [name: string]: string };
      /** Requirements, all of which must hold. */
      readonly matchExpressions?: readonly ({
        /** The label. */
        readonly key: string;
        /** How the label is compared. */
        readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
        /** The values for In and NotIn. */
        readonly values?: readonly string[];
      })[];
    };
  };
}

/** What the policy has done and will do. */
export interface RotationPolicyStatus {
  /** The `metadata.generation` that this status was computed for. */
  readonly observedGeneration?: number;
  /** The latest observations of the object, one for each type. `lastTransitionTime` changes only with `status`; `observedGeneration` is the `metadata.generation` that the observation was made for. */
  readonly conditions?: readonly ({
    /** The type of the observation, in CamelCase. */
    readonly type: string;
    /** Whether the condition holds. */
    readonly status: 'True' | 'False' | 'Unknown';
    /** The generation of the spec that the observation was made for. */
    readonly observedGeneration?: number;
    /** When `status` last changed. */
    readonly lastTransitionTime: string;
    /** The reason for `status`, as one CamelCase word. */
    readonly reason: string;
    /** The reason for `status`, for people, with the remedy if there is one. */
    readonly message: string;
  })[];
  /** The last slot that was started. */
  readonly lastScheduleTime?: string;
  /** The time at which the last slot was completed: all its keys were refreshed and their old shares erased, and ecdsa keys use newer auxiliary information. */
  readonly lastSuccessfulTime?: string;
  /** The next slot. */
  readonly nextScheduleTime?: string;
  /** The keys whose refresh for the last slot is under way. */
  readonly active?: readonly string[];
  /** The keys whose refresh for the last slot has failed so far. The refresh is tried again. */
  readonly failures?: readonly {
    /** The name of the KeyShareSet. */
    readonly key: string;
    /** Why the refresh failed, as one CamelCase word. */
    readonly reason: string;
    /** Why the refresh failed, for people. */
    readonly message: string;
    /** The time at which the refresh failed. */
    readonly time?: string;
  }[];
}
