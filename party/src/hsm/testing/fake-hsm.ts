import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Secret } from '../../protocol/secret.ts';
import { type Hsm, HsmRefused, type Sealed } from '../hsm.ts';

const TAG_BYTES = 16;

/**
 * Stands in for the HSM in unit tests, with keys in memory. Like a token, it keeps its keys when the program that uses
 * it restarts.
 */
export class FakeHsm implements Hsm {
  /** Called before each operation; the operation throws what this function throws. */
  before: (operation: string) => void = () => {};
  readonly keys = new Map<number, Buffer>();

  async generations(): Promise<number[]> {
    this.before('generations');
    return [...this.keys.keys()].sort((a, b) => a - b);
  }

  async createGeneration(generation: number): Promise<void> {
    this.before('create');
    if (!this.keys.has(generation)) this.keys.set(generation, randomBytes(32));
  }

  async destroyGeneration(generation: number): Promise<void> {
    this.before('destroy');
    this.keys.delete(generation);
  }

  async seal(generation: number, plaintext: Secret<Uint8Array>, aad: Uint8Array): Promise<Sealed> {
    this.before('seal');
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key(generation), iv).setAAD(aad);
    const parts = [cipher.update(plaintext.expose()), cipher.final(), cipher.getAuthTag()];
    return { generation, iv, ciphertext: Buffer.concat(parts) };
  }

  async open({ generation, iv, ciphertext }: Sealed, aad: Uint8Array): Promise<Secret<Uint8Array>> {
    this.before('open');
    const decipher = createDecipheriv('aes-256-gcm', this.#key(generation), iv).setAAD(aad);
    decipher.setAuthTag(ciphertext.subarray(-TAG_BYTES));
    try {
      return new Secret(Buffer.concat([decipher.update(ciphertext.subarray(0, -TAG_BYTES)), decipher.final()]));
    } catch {
      throw new HsmRefused('CKR_ENCRYPTED_DATA_INVALID', 'the HSM refused: CKR_ENCRYPTED_DATA_INVALID');
    }
  }

  async random(length: number): Promise<Uint8Array> {
    this.before('random');
    return randomBytes(length);
  }

  #key(generation: number): Buffer {
    const key = this.keys.get(generation);
    if (!key) throw new HsmRefused('KeyMissing', `the HSM holds no key of generation ${generation}`);
    return key;
  }
}
