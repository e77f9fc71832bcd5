/** Rows D1, D2, D4, A5 of the attack list against signing from a presignature. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { curves } from '../../curve/curve.ts';
import type { PartyId } from '../../session/party-id.ts';
import { type Adversary, results } from '../../session/simulator.ts';
import { assertBlamed, failureOf } from '../../session/testing/outcomes.ts';
import { groupKey } from '../../sharing/sharing.ts';
import { makeShares } from '../../sharing/testing/keys.ts';
import { DataToSign } from '../data-to-sign.ts';
import { type EcdsaSignature, recoverKey } from '../ecdsa.ts';
import { derive } from '../hd.ts';
import { onlineMessages } from './online-messages.ts';
import { Presignature } from './presignature.ts';
import { opensslVerifies } from './testing/openssl.ts';
import { makeAuxiliary, makePresignature, simulateOnline } from './testing/simulations.ts';

const curve = curves.secp256k1;
const auxiliary = await makeAuxiliary(3);
const shares = await makeShares('secp256k1', 2, 3);
const root = groupKey(shares[0]?.sharing ?? assert.fail());
const chainCode = randomBytes(32);
const at = (...path: number[]) => derive('secp256k1', root, chainCode, path).key;
const message = Buffer.from('a payment');
const input = { curve: 'secp256k1', key: at(), data: DataToSign.of(message, 'sha256') } as const;
const present = (signers: readonly PartyId[] = [1, 3]) => makePresignature({ shares, auxiliary, signers });

async function sign(presignatures: ReadonlyMap<PartyId, Presignature>, wanted = input): Promise<EcdsaSignature> {
  const signatures = [...results(await simulateOnline(presignatures, wanted)).values()].map(({ result }) => result);
  const [first = assert.fail(), ...others] = signatures;
  for (const other of others) assert.deepEqual(other, first);
  return first;
}

/** Returns the same presignature twice, as a party has it that restores a copy of its memory. */
function fork(presignatures: ReadonlyMap<PartyId, Presignature>): readonly ReadonlyMap<PartyId, Presignature>[] {
  const parts = [...presignatures].map(([id, presignature]) => [id, presignature.terms, presignature.take()] as const);
  return [1, 2].map(
    () => new Map(parts.map(([id, terms, { presigned, seed }]) => [id, new Presignature(terms, presigned, seed)])),
  );
}

for (const signers of [
  [1, 3],
  [1, 2, 3],
]) {
  test(
    `OpenSSL accepts what parties ${signers.join(', ')} sign from a presignature, ` +
      'for the key and for children of it',
    async () => {
      for (const path of [[], [0], [44, 60, 0, 0, 7]]) {
        const key = at(...path);
        const signature = await sign(await present(signers), { ...input, key });
        assert.ok(opensslVerifies(key.point, message, signature), `m/${path.join('/')}`);
        assert.ok(curve.equalPoints(recoverKey('secp256k1', signature, input.data.digest), key.point));
      }
    },
  );
}

test('D1: a presignature signs once, and is gone even if that fails', async () => {
  const presignatures = await present();
  await sign(presignatures);
  const again = await simulateOnline(presignatures, input);
  assert.match(String(failureOf(again, 1)), /used a second time/);

  const lonely = await present();
  const silent: Adversary = ({ type, payload }) => (type === 'data' ? [] : [payload]);
  await simulateOnline(lonely, input, { adversaries: new Map([[3, silent]]) });
  assert.throws(() => lonely.get(3)?.take(), /second time/);
});

test('D1: other signers than its own are refused, and cost no presignature', async () => {
  const [first, ...others] = await present([1, 2, 3]);
  assert.ok(first);
  const fewer = new Map([first, ...others.slice(0, 1)]);
  assert.match(String(failureOf(await simulateOnline(fewer, input), 1)), /parties 1, 2, 3 for 1, 2/);
  assert.ok(first[1].take());
});

test('D2: whatever is signed otherwise, message or path, has another nonce, even from one presignature', async () => {
  const others = [
    { ...input, data: DataToSign.of(Buffer.from('another payment'), 'sha256') },
    { ...input, key: at(1) },
  ];
  for (const other of others) {
    const [one, two] = fork(await present());
    const signatures = [await sign(one ?? assert.fail()), await sign(two ?? assert.fail(), other)];
    assert.notEqual(signatures[0]?.r, signatures[1]?.r);
  }
});

test('D4: a seed that was not committed to is refused, and names its signer', async () => {
  const another = randomBytes(32);
  const wrong: Adversary = ({ round, type, payload }) => [type === 'data' && round === 'seed' ? another : payload];
  const simulated = await simulateOnline(await present([1, 2, 3]), input, { adversaries: new Map([[2, wrong]]) });
  assertBlamed(simulated, 2, 'seed', [1, 3]);
});

test('A5: a wrong partial signature names exactly its signer', async () => {
  const { codec } = onlineMessages(curve).partial;
  const wrong: Adversary = ({ round, type, payload }) => [
    type === 'data' && round === 'partial'
      ? codec.encode(curve.addScalars(codec.decode(payload), curve.scalar(1n)))
      : payload,
  ];
  const simulated = await simulateOnline(await present([1, 2, 3]), input, { adversaries: new Map([[2, wrong]]) });
  assertBlamed(simulated, 2, 'partial signature', [1, 3]);
});

test('a presignature prints none of its secrets, and no copy of it has them', async () => {
  const [first] = (await present()).values();
  assert.ok(first);
  const printed = inspect(first, { depth: 10, showHidden: true }) + JSON.stringify(first.terms.signers);
  assert.deepEqual(Object.keys(structuredClone({ ...first })), ['terms']);
  const { presigned } = first.take();
  for (const secret of [presigned.k, presigned.chi]) assert.ok(!printed.includes(`${secret}`));
});
