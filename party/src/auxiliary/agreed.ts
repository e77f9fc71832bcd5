import type { SecurityLevel } from '@mpc-operator/crds/control';
import { isCertified } from '../epochs/key-state.ts';
import type { Keyring } from '../keys/keyring.ts';
import { ContextMismatch } from '../protocol/session/errors.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { Use } from '../protocol/session/registry.ts';

/** A generation of auxiliary information, as far as signers must agree on it. */
export interface AgreedAuxiliary {
  readonly generation: number;
  readonly level: SecurityLevel;
  /** The hash of the values that all parties have published. */
  readonly values: Uint8Array;
  readonly use: Use;
}

/** Why these signers cannot use a generation, as far as this party knows; undefined: they can. */
export function whyNotWith(
  keyring: Pick<Keyring, 'auxiliary'>,
  generation: number,
  signers: readonly PartyId[],
): string | undefined {
  try {
    agreedAuxiliary(keyring, generation, signers);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.slice(0, 256) : 'auxiliary information is not here';
  }
}

/**
 * The generation that these signers are to use, as this party knows it.
 * @throws ContextMismatch if the generation is not certified here, is erased, or is not of all these signers
 */
export function agreedAuxiliary(
  keyring: Pick<Keyring, 'auxiliary'>,
  generation: number,
  signers: readonly PartyId[],
): AgreedAuxiliary {
  const state = keyring.auxiliary()?.state;
  const attempt = state?.attempts.get(generation);
  if (state === undefined || attempt === undefined || !isCertified(attempt))
    throw new ContextMismatch(`auxiliary information ${generation} is not certified here, or replaced`);
  const { level, values, identities } = attempt.proposal;
  const missing = signers.filter(signer => !identities.some(({ party }) => party === signer));
  if (missing.length > 0)
    throw new ContextMismatch(`auxiliary information ${generation} is not of parties ${missing.join(', ')}`);
  const use = { keyId: state.keyId, epoch: generation };
  return { generation, level, values: Uint8Array.from(Buffer.from(values, 'hex')), use };
}
