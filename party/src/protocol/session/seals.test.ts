import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EncodingError } from '../curve/curve.ts';
import type { Place } from './envelope.ts';
import type { PartyId } from './party-id.ts';
import { type EphemeralKey, ephemeralPublicKey, makeEphemeralKey, Seals } from './seals.ts';

const SID = new Uint8Array(32).fill(7);
const PARTIES = [1, 2, 3];
const keys = new Map(PARTIES.map(id => [id, makeEphemeralKey()] as const));
const plaintext = new TextEncoder().encode('for your eyes only');

function sealsOf(me: PartyId, sid = SID, replaced: ReadonlyMap<PartyId, EphemeralKey> = keys): Seals {
  const own = replaced.get(me);
  assert.ok(own);
  const peers = [...replaced].filter(([id]) => id !== me).map(([id, { publicKey }]) => [id, publicKey] as const);
  return new Seals(sid, me, own, new Map(peers));
}

const direct: Place = { sid: SID, type: 'data', round: 'deal', sequence: 3, from: 1, to: 2 };
const toAll: Place = { ...direct, round: 'commit', to: 'all' };

test('T4: a direct message opens for its recipient alone', () => {
  const sealed = sealsOf(1).sealDirect(direct, 2, plaintext);
  assert.deepEqual(sealsOf(2).openDirect(direct, sealed), plaintext);
  assert.throws(() => sealsOf(3).openDirect({ ...direct, to: 3 }, sealed));
  assert.throws(() => sealsOf(3).openDirect(direct, sealed));
});

test('T4: a message to all opens for all of the session, whoever sent it, and for nobody else', () => {
  for (const from of PARTIES) {
    const place = { ...toAll, from };
    const sealed = sealsOf(from).sealForAll(place, plaintext);
    for (const to of PARTIES.filter(id => id !== from)) {
      assert.deepEqual(sealsOf(to).openForAll(place, sealed), plaintext);
      const stranger = new Map(keys).set(to, makeEphemeralKey());
      assert.throws(() => sealsOf(to, SID, stranger).openForAll(place, sealed));
    }
  }
});

test('T2: whatever is said of a message must be as its sender said it', () => {
  const sealed = sealsOf(1).sealDirect(direct, 2, plaintext);
  const broadcast = sealsOf(1).sealForAll(toAll, plaintext);
  const changes: Partial<Place>[] = [
    { sid: new Uint8Array(32).fill(8) },
    { type: 'view' },
    { round: 'other' },
    { sequence: 4 },
    { from: 3 },
  ];
  for (const change of changes) {
    assert.throws(() => sealsOf(2).openDirect({ ...direct, ...change }, sealed), JSON.stringify(change));
    assert.throws(() => sealsOf(2).openForAll({ ...toAll, ...change }, broadcast), JSON.stringify(change));
  }
  assert.throws(() => sealsOf(2, new Uint8Array(32).fill(8)).openDirect(direct, sealed), 'keys of another session');
  assert.throws(() => sealsOf(1).openDirect({ ...direct, from: 2, to: 1 }, sealed), 'reflected');
  assert.throws(() => sealsOf(2).openForAll({ ...direct, to: 'all' }, sealed), 'direct as broadcast');
  const wrappedFor2 = broadcast.subarray(0, 48);
  assert.throws(() => sealsOf(2).openDirect({ ...toAll, to: 2 }, wrappedFor2), 'a wrapped key as a direct message');
});

test('each pair has a key of its own for each direction: one place, sequence and text give two ciphertexts', () => {
  const place = { ...direct, to: 'all' } as const;
  const texts = PARTIES.flatMap(from =>
    PARTIES.filter(to => to !== from).map(to =>
      Buffer.from(sealsOf(from).sealDirect(place, to, plaintext))
        .subarray(0, plaintext.length)
        .toString('hex'),
    ),
  );
  assert.equal(new Set(texts).size, 6);
});

test('T2: a message cut short, down to nothing, does not open', () => {
  const sealed = sealsOf(1).sealDirect(direct, 2, plaintext);
  const broadcast = sealsOf(1).sealForAll(toAll, plaintext);
  for (let length = 0; length < sealed.length; length += 1) {
    assert.throws(() => sealsOf(2).openDirect(direct, sealed.subarray(0, length)));
  }
  for (let length = 0; length < broadcast.length; length += 1) {
    assert.throws(() => sealsOf(3).openForAll(toAll, broadcast.subarray(0, length)));
  }
});

test('the keys of a session are gone with it', () => {
  const seals = sealsOf(1);
  seals.wipe();
  assert.throws(() => seals.sealDirect(direct, 2, plaintext), /no key/);
});

test('I3: an X25519 key of small order is refused, RFC 7748 section 6.1', () => {
  const smallOrder = [
    '0000000000000000000000000000000000000000000000000000000000000000',
    '0100000000000000000000000000000000000000000000000000000000000000',
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ];
  for (const encoded of smallOrder) {
    assert.throws(() => ephemeralPublicKey.decode(Buffer.from(encoded, 'hex')), EncodingError, encoded);
  }
  const { publicKey } = makeEphemeralKey();
  assert.deepEqual(ephemeralPublicKey.decode(publicKey), publicKey);
});
