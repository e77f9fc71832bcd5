/** One session for one request: the same for its leader and for those it has invited. */
import type { SessionHost } from '../host/session-host.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { PartyId } from '../session/errors.ts';
import { groupKey } from '../sharing/sharing.ts';
import { frost } from '../signing/frost/frost.ts';
import { publicKeys } from '../signing/scheme.ts';
import { signatures } from '../store/projections.ts';
import type { Store } from '../store/store.ts';
import type { Signature } from './answers.ts';

export interface SigningSessionOptions {
  readonly keyring: Pick<Keyring, 'byId' | 'share' | 'sharing'>;
  readonly store: Pick<Store, 'append' | 'get'>;
  readonly host: Pick<SessionHost, 'run'>;
}

export interface Signing {
  /** The name of the session. */
  readonly session: string;
  /** The uid of the SignRequest. */
  readonly request: string;
  readonly keyId: string;
  readonly epoch: number;
  readonly signers: readonly PartyId[];
  /** What this party itself has read in the request. */
  readonly message: Uint8Array;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
  /** Called when this party has its share at hand and could begin. */
  readonly ready?: () => Promise<void>;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/**
 * Signs with the other signers, and records the signature before anybody learns of it from this party.
 * @throws Timeout, ContextMismatch, Misbehaviour; HsmUnavailable, HsmRefused; Unfit, Draining
 */
export async function signTogether({ keyring, store, host }: SigningSessionOptions, s: Signing): Promise<Signature> {
  const { keyId, epoch } = s;
  const key = keyring.byId(keyId)?.state;
  if (key === undefined) throw new RangeError(`this party holds no key ${keyId}`);
  const share = await keyring.share(keyId, epoch);
  using _ = share.secret;
  await s.ready?.();
  const { purpose } = key.spec;
  const protocol = frost(purpose);
  const { extras, ...agreed } = protocol.agreement(share.sharing, s.message);
  const parameters = { session: s.session, key: keyId, epoch, ...agreed, extras: { ...extras, request: s.request } };
  const job = {
    parameters,
    parties: s.signers,
    uses: [{ keyId, epoch }],
    timeout: s.timeout,
    ...(s.signal && { signal: s.signal }),
  };
  const { result } = await host.run(job, protocol.messages, party => protocol.sign(party, share, s.message));
  const { publicKey } = publicKeys(purpose, share.sharing.curve, groupKey(share.sharing));
  const signature = { signature: hex(result), keyId, epoch, signers: [...s.signers] };
  await store.append([{ type: 'Signed', request: s.request, ...signature }]);
  // of two sessions for one request the one that was recorded first counts
  const recorded = (await store.get(signatures, s.request)) ?? signature;
  return { ...recorded, publicKey: hex(publicKey) };
}

/** The signature that this party has made for a request, if it has. */
export async function signatureOf(
  { keyring, store }: SigningSessionOptions,
  request: string,
): Promise<Signature | undefined> {
  const recorded = await store.get(signatures, request);
  const key = recorded && keyring.byId(recorded.keyId)?.state;
  if (!recorded || !key) return undefined;
  const sharing = keyring.sharing(key.keyId, key.active);
  return (
    sharing && { ...recorded, publicKey: hex(publicKeys(key.spec.purpose, sharing.curve, groupKey(sharing)).publicKey) }
  );
}
