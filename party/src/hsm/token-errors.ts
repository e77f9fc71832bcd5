import pkcs11js from 'pkcs11js';
import type { RefusalCode } from './hsm.ts';

/** The token or the way to it is gone, or never was there. */
export class Lost extends Error {
  override readonly name = 'Lost';

  static because(error: unknown): Lost {
    if (error instanceof Lost) return error;
    if (error instanceof pkcs11js.NativeError)
      return new Lost(`${error.message}${error.method ? ` in ${error.method}` : ''}`);
    return new Lost(error instanceof Error ? error.message : 'unknown error');
  }
}

/** The token works and refuses. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: RefusalCode;
  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The token refused the PIN. */
export class PinRefused extends Error {
  override readonly name = 'PinRefused';
  /** The state of the PIN file when the token refused the PIN. */
  readonly pin: string;
  constructor(pin: string, message: string) {
    super(message);
    this.pin = pin;
  }
}

/** The return values that no working token with a login gives: the token, or the way to it, is gone. */
const LOSSES: ReadonlySet<string> = new Set([
  'CKR_CRYPTOKI_NOT_INITIALIZED',
  'CKR_DEVICE_ERROR',
  'CKR_DEVICE_MEMORY',
  'CKR_DEVICE_REMOVED',
  'CKR_HOST_MEMORY',
  'CKR_OPERATION_ACTIVE',
  'CKR_SESSION_CLOSED',
  'CKR_SESSION_HANDLE_INVALID',
  'CKR_SLOT_ID_INVALID',
  'CKR_TOKEN_NOT_PRESENT',
  'CKR_TOKEN_NOT_RECOGNIZED',
  'CKR_USER_NOT_LOGGED_IN',
]);

/**
 * Returns the refusal that an error of the token may be; undefined for a loss, and for any error that the token did not
 * give.
 */
export function refusalOf(error: unknown): Refused | undefined {
  if (!(error instanceof pkcs11js.Pkcs11Error) || LOSSES.has(error.message) || !isCkr(error.message)) return undefined;
  return new Refused(error.message, `the HSM refused: ${error.message}`);
}

const isCkr = (name: string): name is `CKR_${string}` => name.startsWith('CKR_');
