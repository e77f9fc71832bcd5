import { Identity } from '../protocol/identity/identity.ts';
import { SELF, self } from '../store/projections.ts';
import type { Store } from '../store/store.ts';
import type { Sealing } from './sealing.ts';

/**
 * Returns the identity of this party: made at its first start, and the same ever after.
 * @throws HsmUnavailable, HsmRefused
 * @throws Error if the log knows an identity that is not sealed in the store: a party never takes on another identity
 *   by itself
 */
export async function loadIdentity(sealing: Sealing, store: Store): Promise<Identity> {
  const known = (await store.get(self, SELF))?.publicKey;
  using seed = await sealing.read({ kind: 'identity' });
  if (seed) {
    const identity = Identity.fromSeed(seed);
    if (known === hexOf(identity)) return identity;
  }
  if (seed || known !== undefined)
    throw new Error('the sealed identity of this party is not the one in its log: it must be repaired by its peers');
  return await makeIdentity(sealing);
}

async function makeIdentity(sealing: Sealing): Promise<Identity> {
  const identity = Identity.create();
  using seed = identity.seed();
  await sealing.write([{ type: 'IdentityCreated', publicKey: hexOf(identity) }], {
    put: [{ name: { kind: 'identity' }, secret: seed }],
  });
  return identity;
}

const hexOf = ({ publicKey }: Identity): string => Buffer.from(publicKey).toString('hex');
