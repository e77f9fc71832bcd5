import { randomInt } from 'node:crypto';
import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { pinSecretName } from '@mpc-operator/crds/names';
import { pinFiles } from '@mpc-operator/crds/party-env';
import type { Secret } from '@mpc-operator/runtime/resource';
import { retainedMetadata } from './metadata.ts';

/** The characters of a PIN: letters and digits that nobody mixes up, which every PKCS #11 module takes. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
/** The length of a PIN, for 137 bits; some modules take no more than 32 characters. */
const LENGTH = 24;

/**
 * New PINs for the token of a party. The Secret is to be created once, never applied: a token keeps the PINs that it
 * was made with.
 */
export function newPinSecret(cluster: MpcCluster, party: number): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: retainedMetadata(cluster, {
      name: pinSecretName(cluster.metadata.name, party),
      component: 'party',
      party,
    }),
    type: 'Opaque',
    immutable: true,
    data: { [pinFiles.user]: encodedPin(), [pinFiles.securityOfficer]: encodedPin() },
  };
}

function encodedPin(): string {
  const pin = Array.from({ length: LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  return Buffer.from(pin).toString('base64');
}
