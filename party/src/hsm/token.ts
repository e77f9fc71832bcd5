import { readFileSync, statSync } from 'node:fs';
import {
  AesGcm240Params,
  KeyGenMechanism,
  Mechanism,
  Module,
  type Session,
  SessionFlag,
  type Slot,
} from 'graphene-pk11';
import pkcs11js, { type Handle, type PKCS11 } from 'pkcs11js';
import { type HsmConfig, MAX_PLAINTEXT, type Sealed } from './hsm.ts';
import { findSealingKeys, handlesOf, KEY_TEMPLATE, type SealingKey } from './sealing-keys.ts';
import { Lost, PinRefused, Refused, refusalOf } from './token-errors.ts';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * One login to one token, in the process that has the module to itself. All calls block. A Token that has thrown `Lost`
 * is of no further use: close it, and end the process.
 *
 * Encryption and decryption call pkcs11js directly, as graphene would copy the plaintext into buffers that cannot be
 * wiped. graphene does the rest.
 */
export class Token {
  readonly #module: Module;
  readonly #lib: PKCS11;
  readonly #session: Session;
  readonly #prefix: string;
  readonly #testKey: Handle;
  #keys: ReadonlyMap<number, SealingKey>;

  private constructor(module: Module, lib: PKCS11, session: Session, prefix: string) {
    this.#module = module;
    this.#lib = lib;
    this.#session = session;
    this.#prefix = prefix;
    this.#testKey = session.generateKey(KeyGenMechanism.AES, { ...KEY_TEMPLATE, token: false }).handle;
    this.#selfTest();
    this.#keys = this.#findKeys();
  }

  /**
   * Loads the module, logs in and checks that AES-GCM does what it must.
   *
   * @param refusedPin the state of the PIN file whose PIN must not be tried again
   * @throws Lost if the module, the token or AES-GCM is not there
   * @throws PinRefused if the token refused the PIN, now or before
   */
  static connect(config: HsmConfig, refusedPin: string | undefined): Token {
    const lib = new pkcs11js.PKCS11();
    const module = new Module(lib);
    try {
      lib.load(config.module);
      module.initialize({ flags: pkcs11js.CKF_OS_LOCKING_OK });
      const session = findSlot(module, config.token).open(SessionFlag.SERIAL_SESSION | SessionFlag.RW_SESSION);
      login(session, config.pinFile, refusedPin);
      return new Token(module, lib, session, config.keyPrefix);
    } catch (error) {
      throw error instanceof PinRefused ? error : Lost.because(error);
    }
  }

  /** Leaves the token in order. Throws nothing: the login is over either way. */
  close(): void {
    try {
      this.#module.finalize();
    } catch {
      // The token is gone already.
    }
  }

  generations(): number[] {
    this.#keys = this.#attempt(() => this.#findKeys());
    return [...this.#keys.keys()].filter(generation => this.#keys.get(generation)?.trusted).sort((a, b) => a - b);
  }

  create(generation: number): void {
    if (this.generations().includes(generation)) return;
    // an object that cannot be trusted has sealed nothing, and would stand in the way for ever
    if (this.#keys.has(generation)) this.destroy(generation);
    const label = this.#label(generation);
    this.#attempt(() =>
      this.#session.generateKey(KeyGenMechanism.AES, { ...KEY_TEMPLATE, token: true, label, id: Buffer.from(label) }),
    );
    this.#keys = this.#attempt(() => this.#findKeys());
    this.#trustedKey(generation);
  }

  destroy(generation: number): void {
    this.#keys = this.#attempt(() => this.#findKeys());
    const key = this.#keys.get(generation);
    if (key === undefined) return;
    for (const handle of handlesOf(key)) this.#attempt(() => this.#lib.C_DestroyObject(this.#session.handle, handle));
    this.#keys = this.#attempt(() => this.#findKeys());
  }

  seal(generation: number, plaintext: Uint8Array, aad: Uint8Array): Sealed {
    if (plaintext.length > MAX_PLAINTEXT)
      throw new Refused('Malformed', `${plaintext.length} bytes to seal: at most ${MAX_PLAINTEXT}`);
    const iv = this.random(IV_BYTES);
    return this.#withKey(generation, key => ({ generation, iv, ciphertext: this.#encrypt(key, iv, plaintext, aad) }));
  }

  open({ generation, iv, ciphertext }: Sealed, aad: Uint8Array): Uint8Array {
    if (iv.length !== IV_BYTES || ciphertext.length < TAG_BYTES || ciphertext.length > MAX_PLAINTEXT + TAG_BYTES)
      throw new Refused('Malformed', `no sealed bytes: ${iv.length} of IV, ${ciphertext.length} of ciphertext`);
    return this.#withKey(generation, key => this.#decrypt(key, iv, ciphertext, aad));
  }

  random(length: number): Uint8Array {
    return this.#attempt(() => this.#session.generateRandom(length));
  }

  /**
   * Runs `use` with the key of a generation. If somebody else has replaced the object of the key, its handle is looked
   * up again, once.
   */
  #withKey<T>(generation: number, use: (key: Handle) => T): T {
    const known = this.#keys.get(generation);
    if (known?.trusted) {
      try {
        return this.#attempt(() => use(known.handle));
      } catch (error) {
        if (!(error instanceof Refused) || !/HANDLE_INVALID$/.test(error.code)) throw error;
      }
    }
    this.#keys = this.#attempt(() => this.#findKeys());
    const key = this.#trustedKey(generation);
    return this.#attempt(() => use(key));
  }

  #trustedKey(generation: number): Handle {
    const key = this.#keys.get(generation);
    const label = this.#label(generation);
    if (key === undefined) throw new Refused('KeyMissing', `the HSM holds no key ${label}`);
    if (!key.trusted) throw new Refused('KeyUntrusted', `the key ${label} of the HSM is not to be trusted: ${key.why}`);
    return key.handle;
  }

  /**
   * Tells a refusal from a loss. PKCS#11 does not: the same CKR_GENERAL_ERROR stands for a wrong tag in one token and
   * for a dead token in another. So an error that does not name a loss is put to the test: a token that still does
   * AES-GCM has refused.
   */
  #attempt<T>(operation: () => T): T {
    try {
      return operation();
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw Lost.because(error);
      try {
        this.#roundTrip(this.#testKey);
      } catch (second) {
        throw Lost.because(second);
      }
      throw refusal;
    }
  }

  #findKeys(): ReadonlyMap<number, SealingKey> {
    return findSealingKeys(this.#session, this.#prefix);
  }

  #label(generation: number): string {
    return `${this.#prefix}/${generation}`;
  }

  #selfTest(): void {
    this.#roundTrip(this.#testKey);
    const iv = this.#session.generateRandom(IV_BYTES);
    const sealed = this.#encrypt(this.#testKey, iv, Buffer.from('self-test'), Buffer.from('right'));
    let refused = false;
    try {
      this.#decrypt(this.#testKey, iv, sealed, Buffer.from('wrong'));
    } catch {
      refused = true;
    }
    if (!refused) throw new Error('AES-GCM of this module ignores associated data: it must not be used');
  }

  #roundTrip(key: Handle): void {
    const iv = this.#session.generateRandom(IV_BYTES);
    const plaintext = this.#session.generateRandom(32);
    const aad = Buffer.from('check');
    const opened = this.#decrypt(key, iv, this.#encrypt(key, iv, plaintext, aad), aad);
    if (!plaintext.equals(opened)) throw new Error('AES-GCM of this module does not give back what it was given');
  }

  #encrypt(key: Handle, iv: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Uint8Array {
    this.#lib.C_EncryptInit(this.#session.handle, gcm(iv, aad), key);
    return this.#lib.C_Encrypt(this.#session.handle, buffer(plaintext), Buffer.alloc(plaintext.length + TAG_BYTES));
  }

  /** The module writes to a buffer that nothing but the result uses, so that wiping the result leaves nothing. */
  #decrypt(key: Handle, iv: Uint8Array, ciphertext: Uint8Array, aad: Uint8Array): Uint8Array {
    this.#lib.C_DecryptInit(this.#session.handle, gcm(iv, aad), key);
    return this.#lib.C_Decrypt(this.#session.handle, buffer(ciphertext), Buffer.alloc(ciphertext.length));
  }
}

const gcm = (iv: Uint8Array, aad: Uint8Array) =>
  Mechanism.create({ name: 'AES_GCM', params: new AesGcm240Params(buffer(iv), buffer(aad)) });

/** A view of the same bytes, not a copy. */
const buffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

function findSlot(module: Module, label: string): Slot {
  const slots = module.getSlots(true);
  const all = Array.from({ length: slots.length }, (_, i) => slots.items(i));
  const found = all.filter(slot => slot.getToken().label === label);
  const [slot] = found;
  if (!slot) throw new Error(`no token ${label} among ${all.length} slots`);
  if (found.length > 1) throw new Error(`${found.length} tokens are called ${label}: labels must be unique`);
  return slot;
}

function login(session: Session, pinFile: string, refusedPin: string | undefined): void {
  const { mtimeNs, size, ino } = statSync(pinFile, { bigint: true });
  const pin = `${mtimeNs}/${size}/${ino}`;
  const refusal =
    `the HSM refused the PIN in ${pinFile}; ` +
    'it is not tried again until the file changes, for the token would lock';
  if (pin === refusedPin) throw new PinRefused(pin, refusal);
  try {
    session.login(readFileSync(pinFile, 'utf8').replace(/\r?\n$/, ''));
  } catch (error) {
    const code = refusalOf(error)?.code;
    if (code?.startsWith('CKR_PIN_')) throw new PinRefused(pin, `${refusal} (${code})`);
    throw error;
  }
}
