/** Asks for signatures as a user does, and checks them with libraries that share no code with the parties. */
import { createHash, createPublicKey, verify } from 'node:crypto';
import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import { API_VERSION } from '@mpc-operator/crds/group';
import { isFinished } from '@mpc-operator/crds/sign-request';
import { verify as verifyEcdsa, verifySchnorr } from 'tiny-secp256k1';
import { apply, get, until } from './kubectl.ts';

export type Finished = SignRequest & { readonly status: NonNullable<SignRequest['status']> };

export interface Ask extends Partial<Pick<SignRequest['spec'], 'deadlineSeconds' | 'digest' | 'derivationPath'>> {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  readonly message: Uint8Array;
}

export function signRequest({ name, namespace, key, message, deadlineSeconds = 60, ...more }: Ask): SignRequest {
  return {
    apiVersion: API_VERSION,
    kind: 'SignRequest',
    metadata: { name, namespace },
    spec: {
      keyRef: { name: key },
      message: Buffer.from(message).toString('base64'),
      deadlineSeconds,
      ttlSecondsAfterFinished: 86_400,
      ...more,
    },
  };
}

/** Creates a request and waits until it is finished, either way. */
export async function ask(a: Ask): Promise<Finished> {
  await apply(a.namespace, signRequest(a));
  return await finished(a.namespace, a.name, (a.deadlineSeconds ?? 60) + 30);
}

export async function finished(namespace: string, name: string, seconds: number): Promise<Finished> {
  return await until(`SignRequest ${name} finished`, seconds, async () => {
    const request = await get<SignRequest>(namespace, 'signrequest', name);
    const { status } = request ?? {};
    return request && status && isFinished(request) ? { ...request, status } : undefined;
  });
}

/** Like `ask`. @throws Error with the reason of the failure, or if the signature does not verify under the key */
export async function sign(a: Ask): Promise<Finished> {
  const request = await ask(a);
  const { phase, reason, message, signature = '' } = request.status;
  if (phase !== 'Succeeded') throw new Error(`SignRequest ${a.name} failed: ${reason}: ${message}`);
  const key = await get<KeyShareSet>(a.namespace, 'keyshareset', a.key);
  const publicKey = key?.status?.publicKey ?? '';
  if (!key || !verifies(key.spec.purpose, publicKey, a.message, signature)) {
    throw new Error(`the signature of ${a.name} does not verify under ${publicKey}`);
  }
  return request;
}

/**
 * Whether a signature verifies: by OpenSSL for eddsa, by libsecp256k1 for the other purposes, with SHA-256 for an ecdsa
 * key. Keys and signatures are in hex.
 */
export function verifies(purpose: string, publicKey: string, message: Uint8Array, signature: string): boolean {
  const [key, sig] = [Buffer.from(publicKey, 'hex'), Buffer.from(signature, 'hex')];
  if (purpose === 'taproot') return verifySchnorr(message, key, sig);
  if (purpose === 'ecdsa') return verifyEcdsa(createHash('sha256').update(message).digest(), key, sig, true);
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.toString('base64url') };
  return verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), sig);
}

/** Whether an ECDSA signature on P-256 with SHA-256 verifies, by OpenSSL. `publicKey` is compressed. */
export function verifiesOnP256(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const algorithm = '301306072a8648ce3d020106082a8648ce3d030107';
  const key = Buffer.concat([Buffer.from(`3039${algorithm}032200`, 'hex'), publicKey]);
  const keyObject = createPublicKey({ key, format: 'der', type: 'spki' });
  return verify('sha256', message, { key: keyObject, dsaEncoding: 'ieee-p1363' }, signature);
}
