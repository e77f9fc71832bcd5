import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import type { EvidenceObject } from '../protocol/evidence/format.ts';
import { ProvenMisbehaviour } from '../protocol/evidence/with-evidence.ts';
import { ContextMismatch, Misbehaviour } from '../protocol/session/errors.ts';
import { ExcludingHost } from './excluding-host.ts';

const parameters = { session: 's', protocol: 'p', suite: 's', key: 'k', epoch: 1, threshold: 2, extras: {} };
const job = { parameters, parties: [1, 2], uses: [], timeout: 1 };
const log = new SilentLogger();
const evidence = { check: 'aff-g' } as EvidenceObject;

test('A6: no session with a party that is banned begins', async () => {
  const host = { conduct: () => assert.fail('a session began') };
  const bans = { has: (party: number) => party === 2, hear: async () => {} };
  await assert.rejects(
    new ExcludingHost(host, bans, log).conduct(job, () => assert.fail()),
    ContextMismatch,
  );
});

test('A6: whom a session convicts is brought before the judge', async () => {
  const failure = new ProvenMisbehaviour(new Misbehaviour('aff-g', [2], []), [evidence]);
  const heard: EvidenceObject[] = [];
  const bans = {
    has: () => false,
    hear: async (e: EvidenceObject) => {
      heard.push(e);
    },
  };
  const host = { conduct: () => Promise.reject(failure) };
  await assert.rejects(
    new ExcludingHost(host, bans, log).conduct(job, () => assert.fail()),
    ProvenMisbehaviour,
  );
  assert.deepEqual(heard, [evidence]);
});

test('A6: a judgement that fails hides neither the misbehaviour nor what else there is to judge', async () => {
  const failure = new ProvenMisbehaviour(new Misbehaviour('aff-g', [2], []), [evidence, evidence]);
  let heard = 0;
  const bans = {
    has: () => false,
    hear: () => {
      heard++;
      return Promise.reject(new Error('the disk is full'));
    },
  };
  const host = { conduct: () => Promise.reject(failure) };
  await assert.rejects(
    new ExcludingHost(host, bans, log).conduct(job, () => assert.fail()),
    error => error === failure,
  );
  assert.equal(heard, 2);
});
