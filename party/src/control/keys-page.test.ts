import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_ADDRESSES, MAX_DERIVATIONS, MAX_KEYS_PAGE } from '@mpc-operator/crds/bounds';
import { type KeySpec, reply } from '@mpc-operator/crds/control';
import { newEpochs } from '../epochs/key-state.ts';
import { keysSince } from './keys-page.ts';
import { Revisions } from './revisions.ts';

const address = { chain: 'bitcoin', network: 'mainnet', address: 'b'.repeat(62) };
const child = (i: number) => ({
  path: `m/44/0/0/0/${i}`,
  publicKey: '02'.repeat(33),
  addresses: Array.from({ length: MAX_ADDRESSES }, () => address),
});

/** The pages in which a party with this many keys, each with as many children, tells of them. */
function pagesOf(count: number, children: number): ReturnType<typeof keysSince>[] {
  const revisions = new Revisions();
  for (let i = 0; i < count; i++) revisions.touch(`k${i}`);
  const derivations = Array.from({ length: children }, (_, i) => child(i));
  const byName = (name: string) => {
    const spec: KeySpec = { name, curve: 'secp256k1', purpose: 'ecdsa', threshold: 2, parties: [1, 2, 3] };
    return [{ state: newEpochs(1, spec, '00'.repeat(16)), finalTime: undefined }];
  };
  const options = {
    revisions,
    keyring: { byName },
    ceremonies: { attempts: () => new Map() },
    numbers: { failed: () => 0 },
    shown: () => ({ derivations }),
  };
  const pages: ReturnType<typeof keysSince>[] = [];
  for (let since = 0; ; ) {
    const page = keysSince(options, since);
    assert.ok(page.keys.length > 0);
    pages.push(page);
    if (!page.more) return pages;
    since = page.position;
  }
}

test('a page of keys is no longer than NATS takes, however many children there are, and no key is left out', () => {
  for (const children of [0, 4, MAX_DERIVATIONS]) {
    const pages = pagesOf(120, children);
    for (const page of pages) {
      assert.ok(Buffer.byteLength(JSON.stringify(page)) < 900_000);
      assert.ok(page.keys.length <= MAX_KEYS_PAGE);
      assert.ok(reply.safeParse(page).success);
    }
    const names = pages.flatMap(page => page.keys.map(({ spec }) => spec.name));
    assert.deepEqual(
      names,
      Array.from({ length: 120 }, (_, i) => `k${i}`),
    );
  }
});
