/** Looks for secret bytes in whatever was captured, in every form in which they might have got there. */

interface Needle {
  readonly name: string;
  readonly form: string;
  readonly text: string;
}

export class SecretScanner {
  readonly #needles: Needle[] = [];
  readonly #known = new Set<string>();

  /** Of a secret of at least 16 bytes, so that nothing is found by chance. */
  add(name: string, secret: Uint8Array): void {
    if (secret.length < 16) throw new RangeError(`${name} has ${secret.length} bytes: too few to look for`);
    const id = Buffer.from(secret).toString('hex');
    if (this.#known.has(id)) return;
    this.#known.add(id);
    for (const [form, text] of formsOf(secret)) this.#needles.push({ name, form, text });
  }

  /** How many secrets are looked for. */
  get size(): number {
    return this.#known.size;
  }

  /** What is found of them, as "name in form". */
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
    // as it is when bytes are taken for characters, and these are written as UTF-8
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

/** The characters that stand for these bytes alone, when so many others are before them. */
function inTheMiddle(bytes: Buffer, offset: number, alphabet: 'base64' | 'base64url'): string {
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString(alphabet);
  return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
}
