/** A canary: no secret that the HSM seals appears anywhere else, in any form, whatever goes well or wrong. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { KeySpec } from '@mpc-operator/crds/control';
import { createLogger } from '@mpc-operator/runtime/log';
import { registry } from '@mpc-operator/runtime/metrics';
import { FakeHsm } from './hsm/testing/fake-hsm.ts';
import { curves } from './protocol/curve/curve.ts';
import type { Secret } from './protocol/secret.ts';
import { lagrangeCoefficient } from './protocol/sharing/interpolation.ts';
import { SecretScanner } from './protocol/testing/secret-scanner.ts';
import { makeCheat } from './requests/testing/cheat.ts';
import { uidFor } from './requests/testing/uids.ts';
import { associatedData, type SecretName } from './store/secret-name.ts';
import { PartyCluster, until } from './testing/party-cluster.ts';

const PARTIES = [1, 2, 3];
const message = Buffer.alloc(32, 7);
const TAPROOT: KeySpec = { name: 'tr', curve: 'secp256k1', purpose: 'taproot', threshold: 2, parties: PARTIES };
const EDDSA: KeySpec = { name: 'ed', curve: 'ed25519', purpose: 'eddsa', threshold: 2, parties: PARTIES };
const run = (n: number): string => n.toString(16).padStart(32, '0');

/**
 * An HSM that records what it seals, and the associated data. Probes of its health are no secrets: they are left out.
 */
class TalkativeHsm extends FakeHsm {
  readonly sealed: { readonly aad: string; readonly plaintext: Uint8Array }[] = [];

  override async seal(generation: number, plaintext: Secret<Uint8Array>, aad: Uint8Array) {
    const bound = Buffer.from(aad).toString('hex');
    if (!Buffer.from(aad).includes('mpc/v1/health'))
      this.sealed.push({ aad: bound, plaintext: Uint8Array.from(plaintext.expose()) });
    return await super.seal(generation, plaintext, aad);
  }

  find(party: number, name: SecretName): Uint8Array {
    const aad = Buffer.from(associatedData({ namespace: 'ns', cluster: 'c', party }, name)).toString('hex');
    return (
      this.sealed.findLast(sealed => sealed.aad === aad)?.plaintext ?? assert.fail(`${name.kind} was never sealed`)
    );
  }
}

/** Parties, and a record of everything that leaves them. */
async function watched(t: TestContext) {
  const captured = { log: [] as string[], wire: [] as Uint8Array[] };
  const log = createLogger({ name: 'canary', level: 'debug', destination: { write: line => captured.log.push(line) } });
  const cluster = new PartyCluster(t);
  const hsms = new Map(PARTIES.map(party => [party, new TalkativeHsm()]));
  cluster.wire.overheard = bytes => captured.wire.push(Uint8Array.from(bytes));
  for (const party of PARTIES) {
    const hsm = hsms.get(party) ?? assert.fail();
    cluster.start(party, { hsm: Object.assign(hsm, { stop: async () => {} }), log: log.child({ party }) });
  }
  await cluster.ready(PARTIES);
  const everything = async () => ({
    log: captured.log,
    wire: captured.wire,
    api: cluster.api.requests.map(({ path, body }) => `${path} ${body?.text ?? ''}`),
    metrics: [await registry.metrics()],
    disk: [...cluster.paths.values()].flatMap(filesOf),
  });
  return { cluster, hsms, log, everything };
}

const filesOf = (path: string): Uint8Array[] =>
  [path, `${path}-wal`, `${path}-journal`].filter(existsSync).map(file => readFileSync(file));

interface Made {
  readonly spec: KeySpec;
  readonly keyId: string;
  /** In hex. */
  readonly groupKey: string;
}

/** Everything that the parties have sealed, and the private keys behind the shares, which nobody ever had. */
function secretsOf(hsms: ReadonlyMap<number, TalkativeHsm>, keys: readonly Made[]): SecretScanner {
  const scanner = new SecretScanner();
  for (const [party, hsm] of hsms) {
    scanner.add(`identity of party ${party}`, hsm.find(party, { kind: 'identity' }));
    for (const { plaintext } of hsm.sealed) scanner.add(`secret of party ${party}`, plaintext);
  }
  for (const { spec, keyId, groupKey } of keys) {
    const curve = curves[spec.curve];
    const terms = [1, 2].map(party => {
      const share = hsms.get(party)?.find(party, { kind: 'sharing', keyId, epoch: 1 }) ?? assert.fail();
      return curve.multiplyScalars(lagrangeCoefficient(curve, [1, 2], party), curve.decodeScalar(share));
    });
    const secret = curve.addScalars(...terms);
    assert.equal(Buffer.from(curve.encodePoint(curve.multiplyBase(secret))).toString('hex'), groupKey);
    scanner.add(`private key ${spec.name}`, curve.encodeScalar(secret));
    const chainCode = hsms.get(1)?.find(1, { kind: 'chainCode', keyId }) ?? assert.fail();
    scanner.add(`chain code of ${spec.name}`, chainCode);
  }
  return scanner;
}

/** Makes a key, signs with it and refreshes it; then lets a refresh, a keygen and a signature fail. */
async function live(t: TestContext, cluster: PartyCluster, spec: KeySpec): Promise<Made> {
  const { name } = spec;
  const { keyId = '', certificate } = await cluster.makeKey(spec);
  cluster.putSignRequest(`sign-${name}`, name, message);
  assert.equal((await cluster.answer(`sign-${name}`)).phase, 'Succeeded');
  await cluster.commandAll(PARTIES, { verb: 'refresh', keyId, number: 2, run: run(2), trigger: 'annotation@a' });
  await cluster.final(spec, 2);

  // the parties disagree on the trigger of the refresh and on the triggers of the new key: both attempts fail
  const failing = { ...spec, name: `${name}-failed` };
  for (const party of PARTIES) {
    const trigger = `annotation@b${party}`;
    await cluster.command(party, { verb: 'refresh', keyId, number: 3, run: run(3), trigger });
    await cluster.command(party, { verb: 'keygen', spec: failing, number: 1, run: run(4), triggers: [trigger] });
  }
  const failed = async (key: string) => (await cluster.key(1, key))?.attempt?.phase === 'Failed' || undefined;
  for (const key of [name, failing.name]) await until(() => failed(key));

  makeCheat(t, 2, keyId);
  cluster.putSignRequest(`cheat-${name}`, name, message, { uid: uidFor([1, 2, 3]) });
  const { culprits } = await cluster.answer(`cheat-${name}`);
  assert.deepEqual(
    culprits?.map(({ party }) => party),
    [2],
  );
  for (const party of PARTIES) await cluster.command(party, { verb: 'report' });
  return { spec, keyId, groupKey: certificate?.publicKey ?? '' };
}

test(
  'no share, chain code or private key leaves a party, ' + 'in any form, whatever it does and whatever fails',
  async t => {
    const { cluster, hsms, log, everything } = await watched(t);
    const keys = [await live(t, cluster, TAPROOT), await live(t, cluster, EDDSA)];
    await cluster.destroyKey(PARTIES, keys[1]?.spec.name ?? '', keys[1]?.keyId ?? '');

    const scanner = secretsOf(hsms, keys);
    // 3 identities, and for each key 6 shares, the chain code and the private key
    assert.ok(scanner.size >= 19, `${scanner.size} secrets`);
    const running = await everything();
    await cluster.stopAll();
    const stopped = await everything();
    for (const captured of [running, stopped]) {
      for (const [where, pieces] of Object.entries(captured)) {
        assert.ok(pieces.length > 0, `nothing was captured of ${where}`);
        assert.deepEqual(
          pieces.flatMap(piece => scanner.in(piece)),
          [],
          where,
        );
      }
    }
    for (const text of ['"level":"debug"', 'broke the protocol', 'do not agree'])
      assert.ok(
        stopped.log.some(line => line.includes(text)),
        `no ${text} in the log`,
      );
    assert.ok(
      stopped.api.some(text => text.includes('"reason":"Misbehaviour"')),
      'no event was written',
    );

    // the canary does sing: the scanner finds a share that is planted in the log, the API and the network
    const share = hsms.get(1)?.find(1, { kind: 'sharing', keyId: keys[0]?.keyId ?? '', epoch: 2 }) ?? assert.fail();
    log.debug('planted', { text: Buffer.from(share).toString('base64') });
    cluster.api.requests.push({ method: 'POST', path: `/${Buffer.from(share).toString('hex')}` });
    cluster.wire.overheard(Buffer.concat([Buffer.from('frame'), share]));
    const planted = await everything();
    for (const pieces of [planted.log, planted.api, planted.wire])
      assert.match(scanner.in(pieces.at(-1) ?? '').join(), /secret of party 1/);
  },
);
