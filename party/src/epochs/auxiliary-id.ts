import type { Owner } from '../protocol/identity/owner.ts';
import { taggedHash } from '../protocol/session/transcript.ts';

/** The id of the auxiliary information of a cluster, the same in all its generations. */
export const auxiliaryId = ({ namespace, cluster }: Owner): string =>
  Buffer.from(taggedHash('mpc/v1/auxiliary-id', namespace, cluster).subarray(0, 16)).toString('hex');
