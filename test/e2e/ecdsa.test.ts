/**
 * ECDSA keys as wallets use them: transactions of Ethereum and Bitcoin, children, refusals; and under load while
 * something changes. All keys are at level 112; readme.test.ts has a key at 128.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, describe, test } from 'node:test';
import type { RotationPolicy } from '@mpc-operator/crds/generated/api';
import { API_VERSION } from '@mpc-operator/crds/group';
import { partyPodName } from '@mpc-operator/crds/names';
import { p2pkh, p2wpkh, SigHash, Transaction } from '@scure/btc-signer';
import { addr, Transaction as EthereumTransaction } from 'micro-eth-signer';
import { verify as libsecp256k1Verifies } from 'tiny-secp256k1';
import { aim } from '../cluster/containers.ts';
import { apply, get, kubectl, until } from '../cluster/kubectl.ts';
import { Load } from '../cluster/load.ts';
import { type Ask, ask, type Finished, verifiesOnP256 } from '../cluster/signing.ts';
import {
  askForRefresh,
  CLUSTER,
  cluster,
  clusterReady,
  key,
  keyReady,
  keyShareSet,
  NAMESPACE,
  refreshedAbove,
  wait,
} from './world.ts';

const KEY = 'ecdsa';
const CHILD = 'm/44/60/0/0/7';

const unique = (name: string): string => `${name}-${Date.now().toString(36)}`;
const fromHex = (hex = ''): Buffer => Buffer.from(hex, 'hex');
const toSign = (name: string, more: Partial<Ask>): Ask => ({
  namespace: NAMESPACE,
  name: unique(name),
  key: KEY,
  message: Buffer.from(name),
  ...more,
});

async function signed(asked: Ask): Promise<Finished['status']> {
  const { status } = await ask(asked);
  assert.equal(status.phase, 'Succeeded', status.message);
  return status;
}

before(async () => {
  await clusterReady();
  await apply(NAMESPACE, {
    ...keyShareSet(KEY, 'ecdsa'),
    spec: { ...keyShareSet(KEY, 'ecdsa').spec, derivations: [{ path: CHILD }] },
  });
  await wait(`keyshareset/${KEY}`, 'Ready', 240);
});

describe('an ecdsa key', () => {
  test('pays on Ethereum from the address of a child: a transaction of EIP-1559', async () => {
    const child = await until('the address of the child', 60, async () => (await key(KEY)).status?.derivations?.[0]);
    const from = child.addresses?.find(({ chain }) => chain === 'ethereum')?.address;
    const unsigned = EthereumTransaction.prepare({
      type: 'eip1559',
      chainId: 1n,
      nonce: 7n,
      gasLimit: 21_000n,
      to: addr.addChecksum('0x6069a6c32cf691f5982febae4faf8a6f3ab2f0f6'),
      value: 10n ** 18n,
      maxFeePerGas: 20_000_000_000n,
      maxPriorityFeePerGas: 1_000_000_000n,
    });
    const message = unsigned.toBytes({ includeSignature: false });
    const status = await signed(toSign('eip1559', { message, digest: 'keccak256', derivationPath: CHILD }));
    assert.ok(libsecp256k1Verifies(fromHex(status.digest), fromHex(status.publicKey), fromHex(status.signature), true));
    const { signature = '', recoveryId: yParity = 0 } = status;
    const [r, s] = [BigInt(`0x${signature.slice(0, 64)}`), BigInt(`0x${signature.slice(64)}`)];
    const transaction = new EthereumTransaction('eip1559', { ...unsigned.raw, r, s, yParity });
    assert.equal(transaction.recoverSender().address, from);
  });

  test('pays on Bitcoin from its P2WPKH address', async () => {
    const publicKey = fromHex((await key(KEY)).status?.publicKey);
    const payment = p2wpkh(publicKey);
    const shown = (await key(KEY)).status?.addresses?.map(({ address }) => address);
    assert.ok(shown?.includes(payment.address ?? ''));
    const transaction = new Transaction();
    const witnessUtxo = { script: payment.script, amount: 100_000n };
    transaction.addInput({ txid: 'ab'.repeat(32), index: 0, witnessUtxo });
    transaction.addOutputAddress('bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', 99_000n);
    const script = p2pkh(publicKey).script;
    const digest = Buffer.from(transaction.preimageWitnessV0(0, script, SigHash.ALL, witnessUtxo.amount));
    const message = segwitPreimage(transaction, script, witnessUtxo.amount);
    const status = await signed(toSign('p2wpkh', { message, digest: 'sha256d' }));
    assert.equal(status.digest, digest.toString('hex'));
    assert.ok(libsecp256k1Verifies(digest, publicKey, fromHex(status.signature), true));
    transaction.updateInput(0, {
      partialSig: [[publicKey, Buffer.concat([fromHex(status.der), Buffer.of(SigHash.ALL)])]],
    });
    transaction.finalize();
    assert.ok(transaction.isFinal);
  });

  test('shows in words why it does not sign', async () => {
    const prehashed = await ask(toSign('prehashed', { message: Buffer.alloc(32, 1), digest: 'prehashed' }));
    assert.deepEqual([prehashed.status.phase, prehashed.status.reason], ['Failed', 'DigestForbidden']);
    const refusals: [Partial<Ask>, RegExp][] = [
      [{ derivationPath: "m/44'/60" }, /m\/44'\/60 is hardened, which takes the whole private key/],
      [{ derivationPath: '44/60' }, /it begins with m/],
      [{ message: Buffer.alloc(31), digest: 'prehashed' }, /a digest of 32 bytes/],
      [{ message: Buffer.alloc(65_540) }, /spec.message: .*at most 65536 bytes once decoded, this one has 65540/],
    ];
    for (const [more, message] of refusals) await assert.rejects(ask(toSign('refused', more)), message);
    const wrong = {
      ...keyShareSet('wrong', 'ecdsa'),
      spec: { ...keyShareSet('wrong', 'ecdsa').spec, curve: 'ed25519' },
    };
    await assert.rejects(apply(NAMESPACE, wrong), /purpose ecdsa needs curve secp256k1 or p256, not ed25519/);
  });

  test('on P-256 signs what OpenSSL accepts', async () => {
    const name = 'ecdsa-p256';
    await apply(NAMESPACE, {
      ...keyShareSet(name, 'ecdsa'),
      spec: { ...keyShareSet(name, 'ecdsa').spec, curve: 'p256' },
    });
    await wait(`keyshareset/${name}`, 'Ready', 120);
    const asked = toSign('p256', { key: name });
    const { publicKey, signature } = await signed(asked);
    assert.ok(verifiesOnP256(fromHex(publicKey), asked.message, fromHex(signature)));
  });

  test('signs while a party is killed, auxiliary information is rotated and its shares are refreshed', async () => {
    const made = await keyReady(KEY, 'ecdsa');
    const { epoch = 0 } = made.status ?? {};
    const generation = (await cluster()).status?.auxiliary?.generation ?? 0;
    await using load = new Load({ namespace: NAMESPACE, keys: [made], interval: 1500, deadlineSeconds: 60 });
    await load.more(2);
    await (await aim(NAMESPACE, partyPodName(CLUSTER, 2), 'party'))();
    await load.more(2);
    await wait(`mpccluster/${CLUSTER}`, 'Ready', 180);
    const value = `mpc.keyshare.dev/rotate-auxiliary=${Date.now()}`;
    await kubectl(['-n', NAMESPACE, 'annotate', 'mpccluster', CLUSTER, value, '--overwrite']);
    await until('a new generation', 240, async () => {
      const { auxiliary } = (await cluster()).status ?? {};
      return (auxiliary?.generation ?? 0) > generation && auxiliary?.phase === 'Final' ? true : undefined;
    });
    await askForRefresh(KEY);
    await refreshedAbove(KEY, epoch);
    await load.more(3);
    const { faults, asked, epochs } = await load.stop();
    assert.deepEqual(faults, [], `of ${asked} requests`);
    assert.ok(epochs.size > 1, `signed in epochs ${[...epochs].join(', ')}`);
    const healed = await until('the key healed', 60, async () => {
      const { status } = await key(KEY);
      return Date.parse(status?.healedTime ?? '') > Date.parse(made.status?.healedTime ?? '1970-01-01')
        ? status
        : undefined;
    });
    assert.equal(healed.publicKey, made.status?.publicKey);
  });

  const slotHeals =
    'is healed by a RotationPolicy: in each slot auxiliary information is rotated, and then its shares are refreshed';
  test(slotHeals, async () => {
    const made = await keyReady(KEY, 'ecdsa');
    const { generation = 0 } = (await cluster()).status?.auxiliary ?? {};
    const policy = (suspend: boolean) => ({
      apiVersion: API_VERSION,
      kind: 'RotationPolicy',
      metadata: { name: 'heal' },
      spec: { schedule: '* * * * *', suspend, keys: { names: [KEY] } },
    });
    await apply(NAMESPACE, policy(false));
    await until('a slot has begun', 90, async () => (await rotationPolicy('heal')).status?.lastScheduleTime);
    // one slot is enough: the primes for the next one would keep two processors busy
    await apply(NAMESPACE, policy(true));
    const healed = await until('the key healed', 300, async () => {
      const { status } = await key(KEY);
      return Date.parse(status?.healedTime ?? '') > Date.parse(made.status?.healedTime ?? '1970-01-01')
        ? status
        : undefined;
    });
    const { auxiliary } = (await cluster()).status ?? {};
    assert.equal(auxiliary?.generation, generation + 1);
    const [ofKey, ofCluster] = [healed.triggers, auxiliary?.triggers].map(list =>
      list?.find(({ source }) => source === 'policy/heal'),
    );
    assert.ok(ofKey && ofKey.value === ofCluster?.value);
    assert.equal(healed.healedTime, auxiliary?.time);
    await until(
      'the policy tells of its success',
      60,
      async () => (await rotationPolicy('heal')).status?.lastSuccessfulTime,
    );
    await kubectl(['-n', NAMESPACE, 'delete', 'rotationpolicy', 'heal']);
  });
});

async function rotationPolicy(name: string): Promise<RotationPolicy> {
  return (await get<RotationPolicy>(NAMESPACE, 'rotationpolicy', name)) ?? assert.fail(`no RotationPolicy ${name}`);
}

/** Returns the preimage of BIP-143 for a transaction with one input and one output, all of it signed. */
function segwitPreimage(transaction: Transaction, script: Uint8Array, amount: bigint): Buffer {
  const sha256d = (...parts: Uint8Array[]): Buffer => {
    const once = createHash('sha256').update(Buffer.concat(parts)).digest();
    return createHash('sha256').update(once).digest();
  };
  const { txid = Buffer.alloc(0), index = 0, sequence = 0xffffffff } = transaction.getInput(0);
  const output = transaction.getOutput(0);
  const outpoint = Buffer.concat([Buffer.from(txid).reverse(), uint32(index)]);
  const paid = Buffer.concat([uint64(output.amount ?? 0n), sized(output.script ?? Buffer.alloc(0))]);
  return Buffer.concat([
    ...[uint32(transaction.version), sha256d(outpoint), sha256d(uint32(sequence)), outpoint],
    ...[sized(script), uint64(amount), uint32(sequence), sha256d(paid)],
    ...[uint32(transaction.lockTime), uint32(SigHash.ALL)],
  ]);
}

function uint32(n: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(n);
  return bytes;
}

function uint64(n: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(n);
  return bytes;
}

const sized = (bytes: Uint8Array): Buffer => Buffer.concat([Buffer.of(bytes.length), bytes]);
