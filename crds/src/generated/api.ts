// Generated from crds/src/kinds by `make generate`. Do not edit.
import type { API_VERSION } from '../group.ts';
import type { ObjectMeta } from '../object-meta.ts';

/** MpcCluster runs the parties of a threshold-signing service: one pod a party, each in its own zone with its own HSM, and a private NATS between them. Keys are made in it by KeyShareSet. One namespace per MpcCluster is recommended: who may exec into its pods reads its PINs. */
export interface MpcCluster {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'MpcCluster';
  readonly metadata: ObjectMeta;
  readonly spec: MpcClusterSpec;
  readonly status?: MpcClusterStatus;
}

/** What the cluster shall be. */
export interface MpcClusterSpec {
  /** The parties. A party is bound to its zone for life, because its volumes are. Parties can be added; one that may hold shares cannot be taken away. */
  readonly parties: readonly {
    /** The number of the party: its x-coordinate in every sharing, and part of the names of its objects. */
    readonly id: number;
    /** The value of the node label `topology.kubernetes.io/zone` where the party runs. */
    readonly zone: string;
  }[];
  /** What happens to volumes, PINs and identities when the MpcCluster is deleted. Retain keeps them, and an MpcCluster of the same name takes them up again; Destroy deletes them, and with them every share. Either way, an MpcCluster with KeyShareSets is not deleted while they exist. */
  readonly deletionPolicy: 'Retain' | 'Destroy';
  /** The two volumes of each party. They are made once and never resized. */
  readonly storage: {
    /** The StorageClass of both volumes. Unset: the default class of the Kubernetes cluster. */
    readonly className?: string;
    /** Size of the volume with the log and the sealed shares. Only the party mounts it. */
    readonly store: string;
    /** Size of the volume with the token of the software HSM. Only the HSM sidecar mounts it. */
    readonly token: string;
  };
  /** Container images. Unset: those the operator was installed with. Production pins them by digest and enforces that by admission policy. */
  readonly images: {
    /** Image of the party. */
    readonly party?: string;
    /** Image of the HSM sidecar. */
    readonly hsm?: string;
    /** Image of the NATS servers. */
    readonly nats?: string;
    /** When the kubelet pulls them. */
    readonly pullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  };
  /** Compute resources of the containers. */
  readonly resources: {
    /** Compute resources of the party. */
    readonly party: {
      /** What the scheduler reserves, by resource name. */
      readonly requests?: { readonly [name: string]: string };
      /** What the container may use at most, by resource name. */
      readonly limits?: { readonly [name: string]: string };
    };
    /** Compute resources of the HSM sidecar. */
    readonly hsm: {
      /** What the scheduler reserves, by resource name. */
      readonly requests?: { readonly [name: string]: string };
      /** What the container may use at most, by resource name. */
      readonly limits?: { readonly [name: string]: string };
    };
    /** Compute resources of a NATS server. */
    readonly nats: {
      /** What the scheduler reserves, by resource name. */
      readonly requests?: { readonly [name: string]: string };
      /** What the container may use at most, by resource name. */
      readonly limits?: { readonly [name: string]: string };
    };
  };
  /** Bits of security of threshold ECDSA against factoring: 128 (Paillier moduli of 3072 bits) or 112 (2048 bits, some three times as fast). Other protocols do not depend on it. */
  readonly securityLevel: 112 | 128;
  /** How much the parties log. Never a secret, at any level. */
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

/** What the cluster is, as its pods and parties say. */
export interface MpcClusterStatus {
  /** The `metadata.generation` this status was computed for. */
  readonly observedGeneration?: number;
  /** The latest observations of the object, one for each type. `status` moves `lastTransitionTime`; `observedGeneration` is the `metadata.generation` the observation was made for. */
  readonly conditions?: readonly ({
    /** What is observed, in CamelCase. */
    readonly type: string;
    /** Whether it holds. */
    readonly status: 'True' | 'False' | 'Unknown';
    /** The generation of the spec this was observed for. */
    readonly observedGeneration?: number;
    /** When `status` last changed. */
    readonly lastTransitionTime: string;
    /** Why, as one CamelCase word. */
    readonly reason: string;
    /** Why, for people, with the remedy if there is one. */
    readonly message: string;
  })[];
  /** Parties ready of all, such as 3/3. */
  readonly readyParties?: string;
  /** How many KeyShareSets name this cluster. */
  readonly keys?: number;
  /** The auxiliary information of threshold ECDSA: Paillier keys and ring-Pedersen parameters, which the parties prove to each other. It serves all ECDSA keys of the cluster and has numbered generations. */
  readonly auxiliary?: {
    /** The highest certified generation; 0 if there is none yet. */
    readonly generation?: number;
    /** When it became final. */
    readonly time?: string;
    /** How far the generation under way is, or the last one. Generating: parties make safe primes, which takes minutes. */
    readonly phase: 'Generating' | 'Pending' | 'Preparing' | 'Certified' | 'Activated' | 'Final' | 'Failed';
    /** What asked for it. */
    readonly trigger?: string;
    /** The number of the attempt: the generation it would become. */
    readonly attempt?: number;
    /** Parties of all that have safe primes at hand for the next generation, such as 2/3. */
    readonly primesReady?: string;
    /** Why it is in this phase, for people. */
    readonly message?: string;
    /** The last trigger of each source that the parties have carried out. As long as it stays, it is not carried out again. */
    readonly triggers?: readonly {
      /** What asked: first, parties (for others than before), level (for another one), annotation, or policy/<name of the RotationPolicy>. */
      readonly source: string;
      /** The value of the annotation, the time of the slot, the ids of the parties, or the level. */
      readonly value: string;
      /** The generation it led to. */
      readonly generation: number;
    }[];
  };
  /** SHA-256 of the certificate authority of the transport, in hex. It authenticates connections, never a party to a party. */
  readonly caFingerprint?: string;
  /** Each party. */
  readonly parties?: readonly {
    /** The number of the party. */
    readonly id: number;
    /** Its zone. */
    readonly zone: string;
    /** The name of its pod. */
    readonly pod: string;
    /** The node the pod runs on. */
    readonly node?: string;
    /** Fingerprint of its identity key (SHA-256 of the Ed25519 public key, in hex). Note it out of band: `verify` checks certificates against it. */
    readonly identity?: string;
    /** Whether it can take part in signing. */
    readonly ready: boolean;
    /** Why not, as one CamelCase word. */
    readonly reason?: string;
    /** Why not, for people. */
    readonly message?: string;
  }[];
}

/** KeyShareSet is one key that no machine ever holds whole: the parties of an MpcCluster make it together, each keeps one share sealed by its HSM, and any `threshold` of them sign. Its status is a projection of what the parties hold: an object deleted and applied again finds its key. */
export interface KeyShareSet {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'KeyShareSet';
  readonly metadata: ObjectMeta;
  readonly spec: KeyShareSetSpec;
  readonly status?: KeyShareSetStatus;
}

/** What the key shall be. */
export interface KeyShareSetSpec {
  /** The MpcCluster, in the same namespace, whose parties hold the key. */
  readonly clusterRef: {
    /** Its name. */
    readonly name: string;
  };
  /** The elliptic curve. */
  readonly curve: 'ed25519' | 'secp256k1' | 'p256';
  /** Which signatures the key may make, for ever: `eddsa` (RFC 8032, on ed25519), `taproot` (BIP-340 under the BIP-341 output key, on secp256k1) or `ecdsa` (on secp256k1 or p256). */
  readonly purpose: 'eddsa' | 'taproot' | 'ecdsa';
  /** How the parties sign: `frost` (RFC 9591) with keys for eddsa and taproot, `cggmp24` (ePrint 2021/060) with keys for ecdsa. Unset: the one of its purpose. */
  readonly protocol?: 'frost' | 'cggmp24';
  /** How many parties are needed to sign. Fewer learn nothing about the key. */
  readonly threshold: number;
  /** The ids of the parties of the MpcCluster that hold a share. */
  readonly parties: readonly number[];
  /** Whether an ecdsa key also signs digests of which the parties do not see the message (`digest: prehashed`). Such a request is always signed interactively. */
  readonly allowPrehashed: boolean;
  /** ECDSA signatures made ahead, all but the message, so that a request is answered in two short rounds. They are in memory only, each is used once. */
  readonly presignatures: {
    /** How many each party keeps to lead with. 0: none, every request is signed interactively. */
    readonly target: number;
    /** When fewer than this are left, they are made again up to the target. Unset: half of the target. */
    readonly lowWater?: number;
  };
  /** Children of the key whose public keys and addresses are shown in status. Any other child of it can be signed with as well. */
  readonly derivations?: readonly {
    /** A path such as m/44/60/0/0/7, of at most 10 levels. Children of keys on secp256k1 are those of BIP-32 without hardening; those of keys on ed25519 follow a convention of their own, which wallets do not know. */
    readonly path: string;
  }[];
  /** What happens to the shares when the KeyShareSet is deleted. Retain keeps them, and a KeyShareSet of the same name takes them up again; Destroy has every party destroy its share: the key is gone. */
  readonly deletionPolicy: 'Retain' | 'Destroy';
}

/** What the parties hold. */
export interface KeyShareSetStatus {
  /** The `metadata.generation` this status was computed for. */
  readonly observedGeneration?: number;
  /** The latest observations of the object, one for each type. `status` moves `lastTransitionTime`; `observedGeneration` is the `metadata.generation` the observation was made for. */
  readonly conditions?: readonly ({
    /** What is observed, in CamelCase. */
    readonly type: string;
    /** Whether it holds. */
    readonly status: 'True' | 'False' | 'Unknown';
    /** The generation of the spec this was observed for. */
    readonly observedGeneration?: number;
    /** When `status` last changed. */
    readonly lastTransitionTime: string;
    /** Why, as one CamelCase word. */
    readonly reason: string;
    /** Why, for people, with the remedy if there is one. */
    readonly message: string;
  })[];
  /** The id of the key itself, made at its generation; it outlives this object. */
  readonly keyId?: string;
  /** The public key that signatures verify under, in hex: 32 bytes for ed25519 (RFC 8032), the 32-byte x-only output key for taproot (BIP-341), 33 bytes, compressed, for ecdsa (SEC 1). */
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
    /** Its path. */
    readonly path: string;
    /** What its signatures verify under, in hex, as `publicKey` above. */
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
  /** The highest certified epoch. It rises with every refresh; the public key stays. */
  readonly epoch?: number;
  /** What each party says it holds. */
  readonly parties?: readonly {
    /** The id of the party. */
    readonly id: number;
    /** The epoch it signs with. */
    readonly epoch?: number;
    /** All its shares of epochs below this one are destroyed. */
    readonly erasedBelow?: number;
  }[];
  /** The signatures of all parties under this key and epoch. `verify` checks it against the fingerprints of the identities, noted out of band. */
  readonly certificate?: {
    /** The id of the key. */
    readonly keyId: string;
    /** The curve. */
    readonly curve: string;
    /** The purpose. */
    readonly purpose: string;
    /** Parties needed to sign. */
    readonly threshold: number;
    /** The group key before any tweak, in hex: a compressed point. */
    readonly publicKey: string;
    /** The number of the attempt that became this epoch. */
    readonly epoch: number;
    /** The epoch it was made from; 0 for a new key. */
    readonly base: number;
    /** Why it was made: the id of the trigger. */
    readonly trigger: string;
    /** The commitments of the sharing polynomial, in hex; the first is the group key. */
    readonly commitments: readonly string[];
    /** Hash of the chain code, in hex. The chain code itself is known to the parties only. */
    readonly chainCodeHash: string;
    /** Hash of all messages of the session that made it, in hex. */
    readonly transcript: string;
    /** Public keys that must approve a signature, pinned at key generation. This version: none. */
    readonly approvers?: readonly string[];
    /** Public keys that must sign changes of the key, pinned at key generation. This version: none. */
    readonly admins?: readonly string[];
    /** The signature of each party. */
    readonly acks: readonly {
      /** The id of the party. */
      readonly party: number;
      /** Its Ed25519 identity key, in hex. */
      readonly identity: string;
      /** Its Ed25519 signature, in hex. */
      readonly signature: string;
    }[];
  };
  /** The refresh under way, or the last one tried. */
  readonly refresh?: {
    /** What asked for it. */
    readonly trigger: string;
    /** The number of the attempt: the epoch it would become. */
    readonly attempt?: number;
    /** How far it is. */
    readonly phase: 'Pending' | 'Preparing' | 'Certified' | 'Activated' | 'Erased' | 'Failed';
    /** When it was first tried. */
    readonly startTime?: string;
    /** When the old shares were erased. */
    readonly completionTime?: string;
    /** Attempts that failed. */
    readonly failures?: number;
    /** Why the last attempt failed, and who was missing. */
    readonly message?: string;
  };
  /** The last trigger of each source that the parties have carried out. As long as it stays, it is not carried out again. */
  readonly triggers?: readonly {
    /** The annotation, or policy/<name of the RotationPolicy>. */
    readonly source: string;
    /** The value of the annotation, or the time of the slot. */
    readonly value: string;
    /** The epoch it led to. */
    readonly epoch: number;
  }[];
  /** When the current epoch was made final. */
  readonly lastRefreshTime?: string;
  /** Of an ecdsa key: when the auxiliary information that it signs with was made final. */
  readonly auxiliaryTime?: string;
  /** What was stolen from fewer than `threshold` parties before this time is worth nothing any more: the shares are newer. Of an ecdsa key they must have been refreshed after the auxiliary information was rotated: it is the auxiliaryTime then, and stays until that is so again. */
  readonly healedTime?: string;
  /** Presignatures at hand, of all parties together. */
  readonly presignatures?: number;
}

/** SignRequest asks for one signature with one key. Who may create it needs the verb `sign` on the KeyShareSet. It never changes; its answer, a signature or a failure, is final. */
export interface SignRequest {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'SignRequest';
  readonly metadata: ObjectMeta;
  readonly spec: SignRequestSpec;
  readonly status?: SignRequestStatus;
}

/** What shall be signed. */
export interface SignRequestSpec {
  /** The KeyShareSet, in the same namespace, to sign with. */
  readonly keyRef: {
    /** Its name. */
    readonly name: string;
  };
  /** The message, in base64, of at most 64 KiB. An eddsa key signs it as RFC 8032 says; a taproot key as BIP-340 says, for which a transaction is its 32-byte sighash; an ecdsa key signs its digest. */
  readonly message: string;
  /** For ecdsa keys only: what is made of the message before it is signed. sha256d is SHA-256 twice, as Bitcoin has it; keccak256 is that of Ethereum; prehashed: the message is a digest already, of 32 bytes, which the KeyShareSet must allow. Unset: sha256. */
  readonly digest?: 'sha256' | 'sha256d' | 'keccak256' | 'prehashed';
  /** A path such as m/44/60/0/0/7, of at most 10 levels. Children of keys on secp256k1 are those of BIP-32 without hardening; those of keys on ed25519 follow a convention of their own, which wallets do not know. */
  readonly derivationPath?: string;
  /** After this time from its creation a request without a signature fails. */
  readonly deadlineSeconds: number;
  /** The finished request is deleted after this time. Unset: it is kept. */
  readonly ttlSecondsAfterFinished?: number;
}

/** The answer, and how it came about. */
export interface SignRequestStatus {
  /** The `metadata.generation` this status was computed for. */
  readonly observedGeneration?: number;
  /** The latest observations of the object, one for each type. `status` moves `lastTransitionTime`; `observedGeneration` is the `metadata.generation` the observation was made for. */
  readonly conditions?: readonly ({
    /** What is observed, in CamelCase. */
    readonly type: string;
    /** Whether it holds. */
    readonly status: 'True' | 'False' | 'Unknown';
    /** The generation of the spec this was observed for. */
    readonly observedGeneration?: number;
    /** When `status` last changed. */
    readonly lastTransitionTime: string;
    /** Why, as one CamelCase word. */
    readonly reason: string;
    /** Why, for people, with the remedy if there is one. */
    readonly message: string;
  })[];
  /** Pending: not begun, see reason. Signing: a session runs. Succeeded and Failed are final. */
  readonly phase?: 'Pending' | 'Signing' | 'Succeeded' | 'Failed';
  /** Why it is in this phase, as one CamelCase word. */
  readonly reason?: string;
  /** Why it is in this phase, for people. */
  readonly message?: string;
  /** The signature, in hex: 64 bytes: R and s (RFC 8032) for eddsa, BIP-340 for taproot, r and s, of which s is low, for ecdsa. */
  readonly signature?: string;
  /** The public key it verifies under, in hex: that of the child if the request names a path. */
  readonly publicKey?: string;
  /** Of an ecdsa key: the digest that was signed, in hex. */
  readonly digest?: string;
  /** Of an ecdsa key: the signature as Ecdsa-Sig-Value of RFC 3279, in hex. */
  readonly der?: string;
  /** Of an ecdsa key: which of the public keys that fit the signature is the right one (SEC 1, C.8). */
  readonly recoveryId?: number;
  /** The id of the key. */
  readonly keyId?: string;
  /** The epoch of the shares that signed. */
  readonly epoch?: number;
  /** The party that led the session. */
  readonly leader?: number;
  /** The parties whose shares made the signature. */
  readonly signers?: readonly number[];
  /** Sessions that were run for it. */
  readonly attempts?: number;
  /** From when the leader saw the request to the verified signature. */
  readonly durationMilliseconds?: number;
  /** When the first session began. */
  readonly startTime?: string;
  /** When it was finished. */
  readonly completionTime?: string;
  /** Parties that provably misbehaved in a session of this request. */
  readonly culprits?: readonly {
    /** The party. */
    readonly party: number;
    /** What it did. */
    readonly reason: string;
  }[];
}

/** RotationPolicy has the shares of keys refreshed on schedule, and with those of ecdsa keys the auxiliary information of their MpcCluster. Each slot runs once for each key, whatever restarts; of slots that were missed, the last one is made up for. */
export interface RotationPolicy {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'RotationPolicy';
  readonly metadata: ObjectMeta;
  readonly spec: RotationPolicySpec;
  readonly status?: RotationPolicyStatus;
}

/** When, and which keys. */
export interface RotationPolicySpec {
  /** Cron: minute, hour, day of month, month, day of week; or @hourly, @daily, @weekly, @monthly, @yearly. */
  readonly schedule: string;
  /** The time zone of the schedule, by its name in the IANA database, such as Europe/Zurich. */
  readonly timeZone: string;
  /** True: no slot is started. A refresh under way is finished. */
  readonly suspend: boolean;
  /** A slot missed by more than this is skipped. Unset: the last missed slot is always made up for. */
  readonly startingDeadlineSeconds?: number;
  /** The KeyShareSets, in the same namespace, to refresh. */
  readonly keys: {
    /** By name. */
    readonly names?: readonly string[];
    /** By label. An empty selector means all in the namespace. */
    readonly selector?: {
      /** All of these labels have these values. */
      readonly matchLabels?: { readonly [name: string]: string };
      /** All of these hold. */
      readonly matchExpressions?: readonly ({
        /** The label. */
        readonly key: string;
        /** How it is compared. */
        readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
        /** The values for In and NotIn. */
        readonly values?: readonly string[];
      })[];
    };
  };
}

/** What has been and will be done. */
export interface RotationPolicyStatus {
  /** The `metadata.generation` this status was computed for. */
  readonly observedGeneration?: number;
  /** The latest observations of the object, one for each type. `status` moves `lastTransitionTime`; `observedGeneration` is the `metadata.generation` the observation was made for. */
  readonly conditions?: readonly ({
    /** What is observed, in CamelCase. */
    readonly type: string;
    /** Whether it holds. */
    readonly status: 'True' | 'False' | 'Unknown';
    /** The generation of the spec this was observed for. */
    readonly observedGeneration?: number;
    /** When `status` last changed. */
    readonly lastTransitionTime: string;
    /** Why, as one CamelCase word. */
    readonly reason: string;
    /** Why, for people, with the remedy if there is one. */
    readonly message: string;
  })[];
  /** The last slot that was started. */
  readonly lastScheduleTime?: string;
  /** When the last slot was completed: all its keys refreshed and their old shares erased, and for ecdsa keys newer auxiliary information in use. */
  readonly lastSuccessfulTime?: string;
  /** The next slot. */
  readonly nextScheduleTime?: string;
  /** Keys whose refresh for the last slot is under way. */
  readonly active?: readonly string[];
  /** Keys whose refresh for the last slot has failed so far. It is tried again. */
  readonly failures?: readonly {
    /** The name of the KeyShareSet. */
    readonly key: string;
    /** Why, as one CamelCase word. */
    readonly reason: string;
    /** Why, for people. */
    readonly message: string;
    /** When it failed. */
    readonly time?: string;
  }[];
}
