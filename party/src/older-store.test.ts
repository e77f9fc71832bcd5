import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { KeyReport, KeySpec } from '@mpc-operator/crds/control';
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import { FakeHsm } from './hsm/testing/fake-hsm.ts';
import { ecdsaCurve, verifyEcdsa } from './protocol/signing/ecdsa.ts';
import { schemes } from './protocol/signing/scheme.ts';
import { liftedBans } from './store/projections.ts';
import { openStore, temporaryPath } from './store/testing/temporary-store.ts';
import { PartyCluster } from './testing/party-cluster.ts';

/** Three parties as version 0.1.0 has left them: stores, HSMs, and what it showed of its keys and requests. */
const FOLDER = join(import.meta.dirname, '../../test/vectors/store-0.1.0');

interface Shown {
  /** By party and generation, the sealing key in hex. */
  readonly hsms: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly keys: readonly KeyReport[];
  readonly reports: Readonly<Record<string, { readonly identity: string; readonly incarnation: number }>>;
  readonly requests: Readonly<Record<string, NonNullable<SignRequest['status']>>>;
}

const shown: Shown = JSON.parse(readFileSync(join(FOLDER, 'shown.json'), 'utf8'));
const PARTIES = Object.keys(shown.hsms).map(Number);
const message = Buffer.alloc(32, 7);
const bytes = (hex = ''): Buffer => Buffer.from(hex, 'hex');

function hsmOf(party: number): FakeHsm {
  const hsm = new FakeHsm();
  for (const [generation, key] of Object.entries(shown.hsms[party] ?? {})) hsm.keys.set(Number(generation), bytes(key));
  return hsm;
}

const storeOf = (party: number): Buffer => gunzipSync(readFileSync(join(FOLDER, `party-${party}.db.gz`)));

function verify({ purpose, curve }: KeySpec, publicKey: Uint8Array, signature: Uint8Array): boolean {
  return purpose === 'ecdsa'
    ? verifyEcdsa(ecdsaCurve(curve), publicKey, createHash('sha256').update(message).digest(), signature)
    : schemes[purpose].verify(publicKey, message, signature);
}

/** What a report says that another start of the party does not change. */
const lasting = ({ presignatures: _, ...report }: KeyReport): object => report;

test('parties that open older stores have the same keys, signatures and identities, and sign on', async t => {
  const cluster = new PartyCluster(t);
  for (const party of PARTIES) {
    const path = temporaryPath(t);
    writeFileSync(path, storeOf(party), { mode: 0o600 });
    cluster.paths.set(party, path);
    cluster.hsms.set(party, hsmOf(party));
    cluster.start(party);
  }
  await cluster.ready(PARTIES);
  for (const party of PARTIES) {
    const { identity, incarnation } = cluster.report(party) ?? assert.fail();
    const before = shown.reports[party] ?? assert.fail();
    assert.deepEqual([identity, incarnation], [before.identity, before.incarnation + 1]);
  }
  const keys = await cluster.keys(1);
  const byName = (reports: readonly KeyReport[]) => new Map(reports.map(report => [report.spec.name, lasting(report)]));
  assert.deepEqual(byName(keys), byName(shown.keys));

  for (const { spec } of keys) cluster.putKeyShareSet(spec);
  for (const [name, status] of Object.entries(shown.requests)) {
    const key = keys.find(({ keyId }) => keyId === status.keyId)?.spec.name ?? assert.fail(name);
    cluster.putSignRequest(name, key, message, { uid: `uid-${name}` });
    const { signature, publicKey, signers, epoch, der } = await cluster.answer(name);
    const { signature: s, publicKey: k, signers: by, epoch: e, der: d } = status;
    assert.deepEqual([signature, publicKey, signers, epoch, der], [s, k, by, e, d], name);
  }
  for (const { spec, publicKey } of keys) {
    cluster.putSignRequest(`new-${spec.name}`, spec.name, message);
    const { signature, reason } = await cluster.answer(`new-${spec.name}`);
    assert.ok(verify(spec, bytes(publicKey), bytes(signature)), `${spec.name}: ${reason}`);
  }
});

test('rows of an older store keep their names: a ban that was lifted stays lifted', async t => {
  const path = temporaryPath(t);
  writeFileSync(path, storeOf(1), { mode: 0o600 });
  const store = await openStore(t, path);
  assert.deepEqual([...(await store.all(liftedBans)).keys()], [`3 ${'cd'.repeat(32)}`]);
});
