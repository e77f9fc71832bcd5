/** Looks for secret bytes in whatever was captured, in every form in which they might have got there. */

interface Needle {
  readonly name: string;
  readonly form: string;
  readonly text: string;
}

export class SecretScanner {
  readonly #needles: Needle[] = [];
  readonly #known = new Set<string>();

  /** Adds a secret to look for. The secret has at least 16 bytes, so that nothing is found by chance. */
  add(name: string, secret: Uint8Array): void {
    if (secret.length < 16) throw new RangeError(`${name} has ${secret.length} bytes: too few to look for`);
    const id = Buffer.from(secret).toString('hex');
    if (this.#known.has(id)) return;
    this.#known.add(id);
    for (const [form, text] of formsOf(secret)) this.#needles.push({ name, form, text });
  }

  /** The number of secrets that are looked for. */
  get size(): number {
    return this.#known.size;
  }

  /** Returns the secrets that are found, each as "name in form". */
  in(haystack: Uint8Array | string): string[] {
    // every byte is a character, so that bytes are found in text and text in bytes
    const text = Buffer.from(haystack).toString('latin1');
    const lower = text.toLowerCase();
    const found = this.#needles.filter(needle => (needle.form === 'hex' ? lower : text).includes(needle.text));
    return [...new Set(found.map(({ name, form }) => `${name} in ${form}`))];
  }
}

function* formsOf(secret: Uint8Array): Generator<[string, string]> {
  for (const bytes of [Buffer.from(secret), Buffer.from(secret).reverse()]) {
    yield ['bytes', bytes.toString('latin1')];
    // the form of bytes that were taken for characters and then written as UTF-8
    yield ['characters', Buffer.from(bytes.toString('latin1')).toString('latin1')];
    yield ['hex', bytes.toString('hex')];
    yield ['decimal', BigInt(`0x${bytes.toString('hex')}`).toString()];
    yield ['list', bytes.join(',')];
    yield ['list', bytes.join(', ')];
    yield ['object', JSON.stringify({ ...bytes }).slice(1, -1)];
    for (const alphabet of ['base64', 'base64url'] as const) {
      for (const offset of [0, 1, 2]) yield [alphabet, inTheMiddle(bytes, offset, alphabet)];
    }
  }
}

/** Returns the characters that stand for these bytes alone, if `offset` other bytes come before them. */
function inTheMiddle(bytes: Buffer, offset: number, alphabet: 'base64' | 'base64url'): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString(alphabet);
  return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}
