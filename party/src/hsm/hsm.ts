import type { Secret } from '../protocol/secret.ts';

/** Bytes sealed by a sealing key (KEK) of the HSM: AES-256-GCM. */
export interface Sealed {
  /** The generation of the sealing key. */
  readonly generation: number;
  /** 12 bytes, random, from the HSM. */
  readonly iv: Uint8Array;
  /** With the 16 bytes of the tag at its end. */
  readonly ciphertext: Uint8Array;
}

/** What can be sealed at once, in bytes: far above any share, far below what any PKCS#11 transport takes. */
export const MAX_PLAINTEXT = 64 * 1024;

/**
 * A party's HSM, as far as the party needs it: sealing keys in numbered generations, of this party alone, and what they seal. Every
 * operation runs in the token. None throws anything but the errors below.
 *
 * @throws HsmUnavailable the HSM is away or does not answer; the operation may or may not have happened
 * @throws HsmRefused the HSM is well and says no
 */
export interface Hsm {
  /** The generations whose sealing key is in the token, made there and never to leave it; ascending. */
  generations(): Promise<number[]>;
  /**
   * Makes the sealing key of a generation in the token, never to leave it. Does nothing if it is there; what bears its name and cannot
   * be trusted is destroyed first.
   */
  createGeneration(generation: number): Promise<void>;
  /** Destroys whatever bears the name of a generation's sealing key, and with it all that is sealed under it. Does nothing if it is not there. */
  destroyGeneration(generation: number): Promise<void>;
  /** At most `MAX_PLAINTEXT` bytes. `aad` is bound to them: `open` needs the very same. The plaintext stays the caller's. */
  seal(generation: number, plaintext: Secret<Uint8Array>, aad: Uint8Array): Promise<Sealed>;
  open(sealed: Sealed, aad: Uint8Array): Promise<Secret<Uint8Array>>;
  /** From the random number generator of the HSM. */
  random(length: number): Promise<Uint8Array>;
}

/** The HSM is away, restarts, or does not answer: transient, it comes back by itself. Nobody should give up because of it. */
export class HsmUnavailable extends Error {
  override readonly name = 'HsmUnavailable';
}

/** What the HSM says no with: a return value of PKCS#11 (CKR_...), or one of ours for what never gets as far as the token. */
export type RefusalCode = `CKR_${string}` | 'KeyMissing' | 'KeyUntrusted' | 'Malformed';

/** The HSM works, and refuses: a destroyed key, bytes that were not sealed for this use, a key that cannot be trusted. */
export class HsmRefused extends Error {
  override readonly name = 'HsmRefused';
  readonly code: RefusalCode;
  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Which token, whose keys in it. */
export interface HsmConfig {
  /** Path of the PKCS#11 module: p11-kit-client.so, or a vendor's own. */
  readonly module: string;
  /** Label of the token. */
  readonly token: string;
  /** File with the user PIN; read at every login. A newline at its end does not count. */
  readonly pinFile: string;
  /** Labels of sealing keys are `<keyPrefix>/<generation>`. */
  readonly keyPrefix: string;
}

/** The prefix of a party's sealing keys: parties that share a token by mistake do not share keys. */
export const keyPrefix = (namespace: string, cluster: string, party: number): string =>
  `mpc/${namespace}/${cluster}/${party}/kek`;

/** Called once for each operation that ended, with its wall time as the caller saw it. */
export type Observe = (operation: string, seconds: number, outcome: 'ok' | 'refused' | 'unavailable') => void;
