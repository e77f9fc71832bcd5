import { KeyShareSet } from './kinds/key-share-set.ts';
import { MpcCluster } from './kinds/mpc-cluster.ts';
import { RotationPolicy } from './kinds/rotation-policy.ts';
import { SignRequest } from './kinds/sign-request.ts';
import type { Kind } from './schema.ts';

/** All custom resources, in the order in which a reader should meet them. */
export const kinds: readonly Kind[] = [MpcCluster, KeyShareSet, SignRequest, RotationPolicy];
