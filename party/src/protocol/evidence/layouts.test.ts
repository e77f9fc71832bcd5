import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { curves } from '../curve/curve.ts';
import { bytes, struct } from '../session/codec.ts';
import { signMessage } from '../session/envelope.ts';
import { encodeHello } from '../session/hello.ts';
import { viewLayout } from '../session/view.ts';
import { parseSuite, protocols, suiteName } from '../signing/cggmp24/agreement.ts';
import { cggmpParameters } from '../signing/cggmp24/parameters.ts';
import { messagesOf } from './public-checks.ts';
import { describeLayout } from './testing/layout.ts';

const REMEDY =
  'evidence of earlier sessions would be judged wrongly: give the protocol a new version, whose hashes are added ' +
  'here, and let judges read both. Only if nothing but a name in the code has changed may a hash be replaced';

/**
 * For each version of a protocol, the hashes of the layouts of its messages at all suites. Evidence outlives the
 * software that made it, so a row of a version that was released never changes.
 */
const golden: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'cggmp24/aux-info/v1': {
    commit: '47422f71274ebfe7ebd839b146b71054',
    reveal: 'bb27ecf41f861a1b47db689954b6230e',
    prove: 'ca813a5b0d36a514548dc0613f2ae82f',
    confirm: '6752e2b2c41f580197383ad9c109f530',
  },
  'cggmp24/offline/v1': {
    seed: 'b46c1a5418d1efef4ab5d331f16ce133',
    commit: '1c32fa5f963b424509441abb08fe381c',
    proveCommitments: 'b7d61d761b0246980540d431aad12fb9',
    multiply: '6469abea38ba021a219abd9969fb69b5',
    proveProducts: '774253848ca86994664355b7e31535fc',
    open: '6e4f4e690f957b03222dd8deddb5fa27',
    proveOpening: '402c85aa88b2b5eaf566aefd23a1f324',
    proveProductsToAll: '94cacb101f56e9a149e2b6392e966441',
  },
  'cggmp24/interactive/v1': {
    commit: '1c32fa5f963b424509441abb08fe381c',
    proveCommitments: 'b7d61d761b0246980540d431aad12fb9',
    multiply: '6469abea38ba021a219abd9969fb69b5',
    proveProducts: '774253848ca86994664355b7e31535fc',
    open: '6e4f4e690f957b03222dd8deddb5fa27',
    proveOpening: '402c85aa88b2b5eaf566aefd23a1f324',
    proveProductsToAll: '94cacb101f56e9a149e2b6392e966441',
    partial: '1fafb4e9f93845939f2776c8e2ee3872',
  },
  'cggmp24/online/v1': { seed: 'b46c1a5418d1efef4ab5d331f16ce133', partial: '1fafb4e9f93845939f2776c8e2ee3872' },
  'session/2': {
    hello: 'a12dbec1b032b96f9faba5641987deec',
    header: '3830711d7f116630fee5d7102a51aaca',
    view: '8a8d4eca74bd376f6b3a9d91a1b437d9',
  },
};

const hash = (...texts: readonly string[]): string =>
  createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 32);

const suitesOf = (protocol: string) =>
  ([112, 128] as const).flatMap(level =>
    protocol === protocols.auxInfo
      ? [suiteName({ level })]
      : (['secp256k1', 'p256'] as const).map(curve => suiteName({ level, curve })),
  );

function layoutsOf(protocol: string): Record<string, string> {
  const texts = new Map<string, string[]>();
  for (const suite of suitesOf(protocol)) {
    const members = [1, 2, 3].map(id => ({ id, identity: new Uint8Array(32) }));
    const about = { session: 's', key: 'k', epoch: 1, threshold: 3, extras: {} };
    const curve = parseSuite(suite)?.curve;
    for (const [round, { kind, codec }] of Object.entries(
      messagesOf({ ...about, protocol, suite, members }, cggmpParameters),
    )) {
      const text = `${suite} ${kind} ${describeLayout(codec, curve && curves[curve])}`;
      texts.set(round, [...(texts.get(round) ?? []), text]);
    }
  }
  return Object.fromEntries([...texts].map(([round, all]) => [round, hash(...all)]));
}

for (const protocol of Object.values(protocols)) {
  test(`the messages of ${protocol} have the layouts that this version always had`, () => {
    assert.deepEqual(layoutsOf(protocol), golden[protocol], REMEDY);
  });
}

test('hellos, signed headers and views have the layouts that this version of sessions always had', async () => {
  const filled = (byte: number) => new Uint8Array(32).fill(byte);
  const hello = encodeHello({
    context: [{ name: 'key', digest: filled(1) }],
    ephemeral: filled(9),
    standing: { incarnation: 2, position: 3, head: filled(4) },
  });
  const signer = { publicKey: filled(5), sign: async () => new Uint8Array(64) };
  const place = { sid: filled(6), type: 'view', round: 'commit', sequence: 7, from: 8, to: 'all' } as const;
  const { signed } = await signMessage(signer, place, hello);
  const view = viewLayout(2).encode([1, 2].map(n => ({ signed: filled(n), signature: new Uint8Array(64).fill(n) })));
  const [version] = hello;
  const all = [hello, signed, view].map(encoded => hash(Buffer.from(encoded).toString('hex')));
  assert.deepEqual({ hello: all[0], header: all[1], view: all[2] }, golden[`session/${version}`], REMEDY);
});

test('a field that changes its place, its length or its name changes the description of a layout', () => {
  const of = (fields: Parameters<typeof struct>[0]) => describeLayout(struct(fields), undefined);
  const described = [
    of({ a: bytes(4), b: bytes(4) }),
    of({ b: bytes(4), a: bytes(4) }),
    of({ a: bytes(4), b: bytes(5) }),
    of({ a: bytes(4), c: bytes(4) }),
    of({ a: bytes(8) }),
  ];
  assert.equal(new Set(described).size, described.length);
  assert.equal(of({ a: bytes(4), b: bytes(4) }), described[0]);
});
