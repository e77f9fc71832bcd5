import type { Secret } from '../protocol/secret.ts';

/** Bytes sealed by a sealing key (KEK) of the HSM: AES-256-GCM. */
export interface Sealed {
  /** The generation of the sealing key. */
  readonly generation: number;
  /** 12 random bytes from the HSM. */
  readonly iv: Uint8Array;
  /** The ciphertext, with the 16 bytes of the tag at its end. */
  readonly ciphertext: Uint8Array;
}

/** The most bytes that can be sealed at once: far above any share, far below the limit of any PKCS#11 transport. */
export const MAX_PLAINTEXT = 64 * 1024;

/**
 * A party's HSM, as far as the party needs it: the sealing keys of this party alone, in numbered generations, and what
 * they seal. Every operation runs in the token, and throws nothing but the errors below.
 *
 * @throws HsmUnavailable the HSM is away or does not answer; the operation may or may not have happened
 * @throws HsmRefused the HSM works and refuses
 */
export interface Hsm {
  /** The generations whose sealing key is in the token, was made there and can never leave it; ascending. */
  generations(): Promise<number[]>;
  /**
   * Makes the sealing key of a generation in the token, never to leave it. Does nothing if the key is there; first
   * destroys an object of its name that cannot be trusted.
   */
  createGeneration(generation: number): Promise<void>;
  /**
   * Destroys every object that bears the name of a generation's sealing key, and with it all that is sealed under that
   * key. Does nothing if there is none.
   */
  destroyGeneration(generation: number): Promise<void>;
  /**
   * Seals at most `MAX_PLAINTEXT` bytes. `aad` is bound to them: `open` needs the very same `aad`. The caller keeps the
   * plaintext, and wipes it.
   */
  seal(generation: number, plaintext: Secret<Uint8Array>, aad: Uint8Array): Promise<Sealed>;
  open(sealed: Sealed, aad: Uint8Array): Promise<Secret<Uint8Array>>;
  /** Random bytes from the generator of the HSM. */
  random(length: number): Promise<Uint8Array>;
}

/**
 * The HSM is away, restarts, or does not answer. The error is transient: the HSM comes back by itself, and no caller
 * should give up because of it.
 */
export class HsmUnavailable extends Error {
  override readonly name = 'HsmUnavailable';
}

/**
 * The reason for a refusal: a return value of PKCS#11 (CKR_...), or a code of ours for a call that never gets as far as
 * the token.
 */
export type RefusalCode = `CKR_${string}` | 'KeyMissing' | 'KeyUntrusted' | 'Malformed';

/**
 * The HSM works and refuses: a destroyed key, bytes that were not sealed for this use, or a key that cannot be trusted.
 */
export class HsmRefused extends Error {
  override readonly name = 'HsmRefused';
  readonly code: RefusalCode;
  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The token that a party uses, and the party's keys in it. */
export interface HsmConfig {
  /** Path of the PKCS#11 module: p11-kit-client.so, or a vendor's own. */
  readonly module: string;
  /** Label of the token. */
  readonly token: string;
  /** The file with the user PIN, read at every login. A newline at its end does not count. */
  readonly pinFile: string;
  /** Labels of sealing keys are `<keyPrefix>/<generation>`. */
  readonly keyPrefix: string;
}

/** The prefix of a party's sealing keys: parties that share a token by mistake do not share keys. */
export const keyPrefix = (namespace: string, cluster: string, party: number): string =>
  `mpc/${namespace}/${cluster}/${party}/kek`;

/** Called once for each operation, at its end, with its wall time as the caller saw it. */
export type Observe = (operation: string, seconds: number, outcome: 'ok' | 'refused' | 'unavailable') => void;
