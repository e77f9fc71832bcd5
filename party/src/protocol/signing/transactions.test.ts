/**
 * Published transactions lead to the digests that were signed for them: the message of a SignRequest is what is
 * hashed.
 */
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { p2pkh, p2wpkh, SigHash, Transaction } from '@scure/btc-signer';
import { addr, Transaction as EthereumTransaction } from 'micro-eth-signer';
import { curves } from '../curve/curve.ts';
import { opensslVerifies } from './cggmp24/testing/openssl.ts';
import { DataToSign } from './data-to-sign.ts';
import { compactForm, recoverKey, verifyEcdsa } from './ecdsa.ts';

const curve = curves.secp256k1;

/** BIP-143, the examples "Native P2WPKH" (its second input) and "P2SH-P2WPKH". */
const segwit = [
  {
    unsigned:
      '0100000002fff7f7881a8099afa6940d42d1e7f6362bec38171ea3edf433541db4e4ad969f0000000000eeffffffef51e1b804cc' +
      '89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a0100000000ffffffff02202cb206000000001976a9148280b37d' +
      'f378db99f66f85c95a783a76ac7a6d5988ac9093510d000000001976a9143bde42dbee7e4dbe6a21b2d50ce2f0167faa815988ac' +
      '11000000',
    input: 1,
    amount: 600_000_000n,
    program: '00141d0f172a0ecb48aee1be1f2687d2963ae33f71a1',
    publicKey: '025476c2e83188368da1ff3e292e7acafcdb3566bb0ad253f62fc70f07aeee6357',
    preimage:
      '0100000096b827c8483d4e9b96712b6713a7b68d6e8003a781feba36c31143470b4efd3752b0a642eea2fb7ae638c36f6252b675' +
      '0293dbe574a806984b8e4d8548339a3bef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a01000000' +
      '1976a9141d0f172a0ecb48aee1be1f2687d2963ae33f71a188ac0046c32300000000ffffffff863ef3e1a92afbfdb97f31ad0fc7' +
      '683ee943e9abcf2501590ff8f6551f47e5e51100000001000000',
    digest: 'c37af31116d1b27caf68aae9e3ac82f1477929014d5b917657d0eb49478cb670',
    signature:
      '304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c4518331561406f90300e' +
      '8f3358f51928d43c212a8caed02de67eebee',
  },
  {
    unsigned:
      '0100000001db6b1b20aa0fd7b23880be2ecbd4a98130974cf4748fb66092ac4d3ceb1a54770100000000feffffff02b8b4eb0b00' +
      '0000001976a914a457b684d7f0d539a46a45bbc043f35b59d0d96388ac0008af2f000000001976a914fd270b1ee6abcaea97fea7' +
      'ad0402e8bd8ad6d77c88ac92040000',
    input: 0,
    amount: 1_000_000_000n,
    program: '001479091972186c449eb1ded22b78e40d009bdf0089',
    publicKey: '03ad1d8e89212f0b92c74d23bb710c00662ad1470198ac48c43f7d6f93a2a26873',
    preimage:
      '01000000b0287b4a252ac05af83d2dcef00ba313af78a3e9c329afa216eb3aa2a7b4613a18606b350cd8bf565266bc352f0caddc' +
      'f01e8fa789dd8a15386327cf8cabe198db6b1b20aa0fd7b23880be2ecbd4a98130974cf4748fb66092ac4d3ceb1a547701000000' +
      '1976a91479091972186c449eb1ded22b78e40d009bdf008988ac00ca9a3b00000000feffffffde984f44532e2173ca0d64314fce' +
      'fe6d30da6f8cf27bafa706da61df8a226c839204000001000000',
    digest: '64f3b0f4dd2bb3aa1ce8566d220cc74dda9df97d8490cc81d89d735c92e59fb6',
    signature:
      '3044022047ac8e878352d3ebbde1c94ce3a10d057c24175747116f8288e5d794d12d482f0220217f36a485cae903c713331d877c' +
      '1f64677e3622ad4010726870540656fe9dcb',
  },
] as const;

test('the vectors of BIP-143: sha256d of the preimage is what P2WPKH signs', () => {
  for (const { unsigned, input, amount, program, publicKey, preimage, digest, signature } of segwit) {
    const message = hexToBytes(preimage);
    const data = DataToSign.of(message, 'sha256d');
    assert.equal(bytesToHex(data.digest), digest);

    const key = hexToBytes(publicKey);
    assert.equal(bytesToHex(p2wpkh(key).script), program);
    const transaction = Transaction.fromRaw(hexToBytes(unsigned), { allowUnknownOutputs: true });
    const theirs = transaction.preimageWitnessV0(input, p2pkh(key).script, SigHash.ALL, amount);
    assert.deepEqual(data.digest, new Uint8Array(theirs));

    const { r, s } = secp256k1.Signature.fromHex(signature, 'der');
    const signed = { r: curve.scalar(r), s: curve.scalar(s), recoveryId: 0 };
    assert.ok(verifyEcdsa('secp256k1', key, data.digest, compactForm('secp256k1', signed)));
    // OpenSSL hashes once by itself
    const once = new Uint8Array(hash('sha256', message, 'buffer'));
    assert.ok(opensslVerifies(curve.decodePoint(key), once, signed));
  }
});

/** A transaction of type 2 on Ethereum's mainnet, with its signature. */
const paid = {
  hash: '0x0ec0b6a2df4d87424e5f6ad2a654e27aaeb7dac20ae9e8385cc09087ad532ee0',
  sender: '0xdd6b8b3dc6b7ad97db52f08a275ff4483e024cea',
  r: 0x840cfc572845f5786e702984c2a582528cad4b49b2a10b9db1be7fca90058565n,
  s: 0x25e7109ceb98168d95b09b18bbf6b685130e0562f233877d492b94eee0c5b6d1n,
  yParity: 0,
};

test('a transaction of EIP-1559: keccak256 of its unsigned bytes is what its sender has signed', () => {
  const unsigned = EthereumTransaction.prepare({
    type: 'eip1559',
    chainId: 1n,
    nonce: 0x42n,
    gasLimit: 44_386n,
    to: addr.addChecksum('0x6069a6c32cf691f5982febae4faf8a6f3ab2f0f6'),
    value: 0n,
    data: `0xa22cb465${'5eee75727d804a2b13038928d36f8b188945a57a'.padStart(64, '0')}${'0'.repeat(64)}`,
    maxFeePerGas: 20_000_000_000n,
    maxPriorityFeePerGas: 1_000_000_000n,
  });
  const data = DataToSign.of(unsigned.toBytes({ includeSignature: false }), 'keccak256');

  const { r, s, yParity } = paid;
  const signature = { r: curve.scalar(r), s: curve.scalar(s), recoveryId: yParity };
  const key = curve.encodePoint(recoverKey('secp256k1', signature, data.digest));
  assert.equal(addr.fromPublicKey(key), addr.addChecksum(paid.sender));
  assert.ok(verifyEcdsa('secp256k1', key, data.digest, compactForm('secp256k1', signature)));

  const signed = new EthereumTransaction('eip1559', { ...unsigned.raw, r, s, yParity });
  assert.equal(signed.hash, paid.hash);
  assert.equal(signed.recoverSender().address, addr.addChecksum(paid.sender));
});
