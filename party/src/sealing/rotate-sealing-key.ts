/**
 * Moves all secrets of a party to a new sealing key, and destroys the old one. Every secret that is still needed is
 * sealed again under the new key, committed, read back and opened. Only then is the old key destroyed in the HSM, and
 * with it every copy of the secrets that were not moved.
 */
import { hash } from 'node:crypto';
import type { Hsm, Sealed } from '../hsm/hsm.ts';
import type { Secret } from '../protocol/secret.ts';
import { associatedData, type SecretName } from '../store/secret-name.ts';
import type { Store } from '../store/store.ts';

export interface SealingKeyRotation {
  readonly hsm: Hsm;
  readonly store: Store;
  /** The generation of the new sealing key, which is in the HSM already. */
  readonly target: number;
  readonly read: (name: SecretName) => Promise<Secret<Uint8Array> | undefined>;
  /** Called once everything is sealed under the new key: from then on this key seals. */
  readonly committed: () => void;
}

/** A secret that was sealed again, and the hash of what was sealed. */
interface Moved {
  readonly name: SecretName;
  readonly sealed: Sealed;
  /** The hash of the plaintext. */
  readonly digest: string;
}

/**
 * @throws HsmUnavailable, HsmRefused
 * @throws Error if a secret does not come out as it went in: then the old key is not destroyed
 */
export async function rotateSealingKey(rotation: SealingKeyRotation): Promise<void> {
  const { store, target, committed } = rotation;
  const all = await store.sealedNames();
  const moved: Moved[] = [];
  for (const { name, generation } of all) if (generation !== target) moved.push(await sealAgain(rotation, name));
  await store.append([{ type: 'SealingKeyChanged', generation: target, secrets: all.length }], { put: moved });
  committed();

  const digests = new Map(moved.map(({ name, digest }) => [JSON.stringify(name), digest]));
  for (const { name } of all) await readBack(rotation, name, digests.get(JSON.stringify(name)));
  await destroyOldKeys(rotation);
}

async function destroyOldKeys({ hsm, store, target }: SealingKeyRotation): Promise<void> {
  for (const old of await hsm.generations()) if (old !== target) await hsm.destroyGeneration(old);
  const left = await hsm.generations();
  if (left.length !== 1)
    throw new Error(`the HSM holds generations ${left.join(', ')} after all but one were destroyed`);
  await store.append([{ type: 'SealingKeysDestroyed', below: target }]);
}

/**
 * Seals a secret under the new key, and opens the result once before it is committed: the commit replaces the only
 * other copy.
 */
async function sealAgain(rotation: SealingKeyRotation, name: SecretName): Promise<Moved> {
  const { hsm, store, target, read } = rotation;
  using secret = await read(name);
  if (!secret) throw new Error(`${name.kind} is not in the store any more`);
  const sealed = await hsm.seal(target, secret, associatedData(store.owner, name));
  using opened = await open(rotation, name, sealed);
  const digest = digestOf(secret);
  if (digestOf(opened) !== digest) throw new Error(`${name.kind} comes out of the HSM changed`);
  return { name, sealed, digest };
}

async function readBack(rotation: SealingKeyRotation, name: SecretName, digest: string | undefined): Promise<void> {
  const { store, target } = rotation;
  const sealed = await store.sealed(name);
  if (sealed?.generation !== target) throw new Error(`${name.kind} did not move to generation ${target}`);
  using opened = await open(rotation, name, sealed);
  if (digest !== undefined && digestOf(opened) !== digest) throw new Error(`${name.kind} was stored changed`);
}

const open = ({ hsm, store }: SealingKeyRotation, name: SecretName, sealed: Sealed): Promise<Secret<Uint8Array>> =>
  hsm.open(sealed, associatedData(store.owner, name));

const digestOf = (secret: Secret<Uint8Array>): string => hash('sha256', secret.expose());
