/**
 * The life of keys and requests as their users see it: made, waited for, found again, refreshed once per trigger,
 * destroyed.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, describe, test } from 'node:test';
import type { KeyShareSet, RotationPolicy, SignRequest } from '@mpc-operator/crds/generated/api';
import { API_VERSION } from '@mpc-operator/crds/group';
import { verifyCommand } from '@mpc-operator/party/commands/verify';
import { apply, get, kubectl, until } from '../cluster/kubectl.ts';
import { ask, finished, sign, signRequest } from '../cluster/signing.ts';
import {
  askForRefresh,
  CLUSTER,
  cluster,
  clusterReady,
  key,
  keyReady,
  keyShareSet,
  mpcCluster,
  NAMESPACE,
  refreshedAbove,
  wait,
} from './world.ts';

const message = (text: string): Uint8Array => createHash('sha256').update(text).digest();
const unique = (name: string): string => `${name}-${Date.now().toString(36)}`;
const signOnce = (keyName: string) =>
  sign({ namespace: NAMESPACE, name: unique('once'), key: keyName, message: message(keyName) });
const remove = (what: string, ...args: string[]) =>
  kubectl(['-n', NAMESPACE, 'delete', what, '--ignore-not-found', ...args]);

const wipeStatus = async (kind: string, name: string): Promise<void> => {
  const patch = [
    'patch',
    kind,
    name,
    '--subresource=status',
    '--type=json',
    '-p',
    '[{"op":"remove","path":"/status"}]',
  ];
  await kubectl(['-n', NAMESPACE, ...patch]);
};

before(clusterReady);

describe('a key', () => {
  test('is the same after its objects were deleted and applied again, and after every status was wiped', async () => {
    const made = await keyReady('lifecycle-kept', 'eddsa');
    const publicKey = made.status?.publicKey;
    await signOnce('lifecycle-kept');

    // removes the cluster with its keys: it goes when its KeyShareSets have gone
    await remove(`mpccluster/${CLUSTER}`, '--wait=false');
    await remove('keyshareset', '--all');
    await remove('signrequest', '--all', '--wait=false');
    await until('the MpcCluster gone', 180, async () =>
      (await get(NAMESPACE, 'mpccluster', CLUSTER)) ? undefined : true,
    );
    await apply(NAMESPACE, mpcCluster);
    await wait(`mpccluster/${CLUSTER}`, 'Ready', 300);
    assert.equal((await keyReady('lifecycle-kept', 'eddsa')).status?.publicKey, publicKey);
    await signOnce('lifecycle-kept');

    await wipeStatus('mpccluster', CLUSTER);
    await wipeStatus('keyshareset', 'lifecycle-kept');
    await wait(`mpccluster/${CLUSTER}`, 'Ready', 120);
    await wait('keyshareset/lifecycle-kept', 'Ready', 120);
    assert.equal((await key('lifecycle-kept')).status?.publicKey, publicKey);
    await signOnce('lifecycle-kept');
  });

  test('has a certificate that anybody checks against the fingerprints of the parties', async () => {
    const made = await keyReady('lifecycle-kept', 'eddsa');
    const parties = (await cluster()).status?.parties ?? [];
    const noted = parties.map(({ id, identity }) => `${id}=${identity}`);
    assert.equal(noted.length, 3);
    assert.equal(verifyCommand(noted, JSON.stringify(made)).code, 0);
    const stranger = noted.with(1, `2=${'ab'.repeat(32)}`);
    assert.match(verifyCommand(stranger, JSON.stringify(made)).text, /NOT verified:\n {2}the identity of party 2/);
  });

  test('is refreshed once for each new value of the annotation, and a repeated value does nothing', async () => {
    const made = await keyReady('lifecycle-refreshed', 'taproot');
    const epoch = made.status?.epoch ?? 0;
    const value = await askForRefresh('lifecycle-refreshed');
    const refreshed = await refreshedAbove('lifecycle-refreshed', epoch);
    assert.equal(refreshed.status?.publicKey, made.status?.publicKey);
    assert.equal(refreshed.status?.certificate?.trigger, `annotation@${value}`);

    const label = (k: KeyShareSet): unknown => [k.status?.epoch, k.status?.triggers];
    await kubectl(['-n', NAMESPACE, 'annotate', 'keyshareset', 'lifecycle-refreshed', 'mpc.keyshare.dev/refresh-']);
    await askForRefresh('lifecycle-refreshed', value);
    // a second key that is refreshed meanwhile shows that the operator was at work
    const other = await keyReady('lifecycle-kept', 'eddsa');
    await askForRefresh('lifecycle-kept');
    await refreshedAbove('lifecycle-kept', other.status?.epoch ?? 0);
    assert.deepEqual(label(await key('lifecycle-refreshed')), label(refreshed));
    await signOnce('lifecycle-refreshed');
  });

  test('is refreshed by a RotationPolicy, each slot once, and not while it is suspended', async () => {
    const made = await keyReady('lifecycle-refreshed', 'taproot');
    const policy = (suspend: boolean) => ({
      apiVersion: API_VERSION,
      kind: 'RotationPolicy',
      metadata: { name: 'every-minute' },
      spec: { schedule: '* * * * *', timeZone: 'Asia/Kolkata', suspend, keys: { names: ['lifecycle-refreshed'] } },
    });
    await apply(NAMESPACE, policy(false));
    const refreshed = await refreshedAbove('lifecycle-refreshed', made.status?.epoch ?? 0, 150);
    await apply(NAMESPACE, policy(true));
    const slot = refreshed.status?.triggers?.find(({ source }) => source === 'policy/every-minute');
    assert.ok(slot);
    assert.equal(refreshed.status?.certificate?.trigger, `policy/every-minute@${slot.value}`);
    const { status } = await until('the policy tells of its success', 60, async () => {
      const found = await get<RotationPolicy>(NAMESPACE, 'rotationpolicy', 'every-minute');
      return found?.status?.lastSuccessfulTime === undefined ? undefined : found;
    });
    assert.equal(Date.parse(status?.lastScheduleTime ?? '') % 60_000, 0);
    assert.deepEqual(status?.failures ?? [], []);
    await remove('rotationpolicy/every-minute');
  });

  test('that is to be destroyed is gone from every party, and a new one of its name is another key', async () => {
    const made = await keyReady('lifecycle-destroyed', 'eddsa');
    const patch = [
      'patch',
      'keyshareset',
      'lifecycle-destroyed',
      '--type=merge',
      '-p',
      '{"spec":{"deletionPolicy":"Destroy"}}',
    ];
    await kubectl(['-n', NAMESPACE, ...patch]);
    await remove('keyshareset/lifecycle-destroyed', '--timeout=60s');
    const again = await keyReady('lifecycle-destroyed', 'eddsa');
    assert.notEqual(again.status?.publicKey, made.status?.publicKey);
    await signOnce('lifecycle-destroyed');
  });
});

describe('a request', () => {
  const request = (name: string) => get<SignRequest>(NAMESPACE, 'signrequest', name);

  test('for a key that does not exist yet waits, says why, and is signed when the key is there', async () => {
    const name = unique('early');
    const asked = { namespace: NAMESPACE, name, key: unique('later'), message: message('early'), deadlineSeconds: 120 };
    await apply(NAMESPACE, signRequest(asked));
    await until('the reason', 30, async () =>
      (await request(name))?.status?.reason === 'KeyNotFound' ? true : undefined,
    );
    await apply(NAMESPACE, keyShareSet(asked.key, 'eddsa'));
    assert.equal((await finished(NAMESPACE, name, 120)).status.phase, 'Succeeded');
  });

  test('for a key that never comes fails at its deadline, and says so', async () => {
    const name = unique('never');
    const { status } = await ask({
      namespace: NAMESPACE,
      name,
      key: 'no-such-key',
      message: message('x'),
      deadlineSeconds: 3,
    });
    assert.deepEqual([status.phase, status.reason], ['Failed', 'DeadlineExceeded']);
    assert.match(status.message ?? '', /spec\.deadlineSeconds \(3\).*no KeyShareSet no-such-key/);
  });

  test('that is finished never changes, and goes when its time is over', async () => {
    await keyReady('lifecycle-kept', 'eddsa');
    const name = unique('final');
    const asked = signRequest({ namespace: NAMESPACE, name, key: 'lifecycle-kept', message: message('final') });
    await apply(NAMESPACE, { ...asked, spec: { ...asked.spec, ttlSecondsAfterFinished: 5 } });
    await finished(NAMESPACE, name, 60);
    await assert.rejects(wipeStatus('signrequest', name), /its status is final/);
    await until('the request gone', 60, async () => ((await request(name)) ? undefined : true));
  });
});
