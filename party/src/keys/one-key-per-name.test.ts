/**
 * Decision 5, with a real keyring, store and sealing: whatever arrives while this party waits for a signature, the HSM
 * or the disk, it never both activates a key and acknowledges a later one of the same name.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import { EventRefused } from '../epochs/admit.ts';
import type { EpochEvent } from '../epochs/events.ts';
import { acknowledgedBytes, type Proposal } from '../epochs/proposal.ts';
import { keyOf, proposal, SPEC, signAs, verifies } from '../epochs/testing/nodes.ts';
import { FakeHsm } from '../hsm/testing/fake-hsm.ts';
import { Secret } from '../protocol/secret.ts';
import { SessionRegistry } from '../protocol/session/registry.ts';
import { Sealing } from '../sealing/sealing.ts';
import { openStore } from '../store/testing/temporary-store.ts';
import { Keyring } from './keyring.ts';
import { progress } from './progress.ts';

const ME = 1;
const context = { reconcileID: '', log: new SilentLogger(), signal: new AbortController().signal };
const [FIRST, SECOND]: Proposal[] = [1, 2].map(number => ({
  ...proposal(number, 0),
  keyId: `0${number}`.repeat(16),
  identities: SPEC.parties.map(party => ({ party, identity: keyOf(party).identity })),
}));
const first = FIRST ?? assert.fail();
const second = SECOND ?? assert.fail();

/** Runs `meanwhile` at one of the waits, and goes on when that is over, or waits itself. */
class Waits {
  /** The number of waits so far. */
  count = 0;
  #at = -1;
  #meanwhile: () => Promise<void> = async () => {};
  running: Promise<void> = Promise.resolve();

  during(wait: number, meanwhile: () => Promise<void>): void {
    this.count = 0;
    this.#at = wait;
    this.#meanwhile = meanwhile;
  }

  async here(): Promise<void> {
    if (this.count++ !== this.#at) return;
    this.running = this.#meanwhile();
    // what waits for this very operation, such as for its turn at the HSM, does not end before
    const turns = async () => {
      for (let i = 0; i < 100; i++) await new Promise(resolve => setImmediate(resolve));
    };
    await Promise.race([this.running, turns()]);
  }

  /** The same operation, with a wait before it begins and one before its result is known. */
  around<A extends unknown[], R>(operation: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
    return async (...args) => {
      await this.here();
      const result = await operation(...args);
      await this.here();
      return result;
    };
  }
}

async function party(t: TestContext) {
  const waits = new Waits();
  const hsm = new FakeHsm();
  const store = await openStore(t);
  const sealing = await Sealing.open(hsm, store);
  const open = () => Keyring.open({ me: ME, store, sealing, verify: verifies });
  const keyring = await open();
  const hex = (bytes: Uint8Array) => Uint8Array.from(Buffer.from(signAs(ME, bytes), 'hex'));
  const signer = { publicKey: new Uint8Array(32), sign: waits.around(async (bytes: Uint8Array) => hex(bytes)) };
  const step = progress({ keyring, signer, sessions: new SessionRegistry(), publish: async () => {} });

  /** As ceremonies do at the end of a session. */
  const acknowledge = async (p: Proposal): Promise<void> => {
    const signature = Buffer.from(await signer.sign(acknowledgedBytes(p))).toString('hex');
    using secret = new Secret(new Uint8Array(32).fill(p.epoch));
    const put = [{ name: { kind: 'sharing', keyId: p.keyId, epoch: p.epoch } as const, secret }];
    const event: EpochEvent = { type: 'EpochAcknowledged', spec: SPEC, proposal: p, triggers: [], signature };
    await keyring.record([event], { put }).catch(rejectUnlessRefused);
  };
  /** The boards of the others arrive: all have acknowledged. */
  const certify = async ({ keyId, epoch, ...rest }: Proposal): Promise<void> => {
    const bytes = acknowledgedBytes({ keyId, epoch, ...rest });
    const acks = SPEC.parties.map(id => ({ party: id, signature: signAs(id, bytes) }));
    keyring.merge({ keyId, attempts: [{ epoch, acks, activated: [] }], erased: [] });
    await step({ namespace: '', name: keyId }, context);
  };
  await acknowledge(first);
  hsm.seal = waits.around(hsm.seal.bind(hsm));
  store.append = waits.around(store.append.bind(store));
  return { waits, keyring, open, acknowledge, certify };
}

function rejectUnlessRefused(error: unknown): void {
  if (!(error instanceof EventRefused)) throw error;
}

type Party = Awaited<ReturnType<typeof party>>;

/** Lets `meanwhile` come at each wait of `act` in turn. @returns what became of the two keys, by wait */
async function atEachWait(
  t: TestContext,
  act: (p: Party) => Promise<void>,
  meanwhile: (p: Party) => Promise<void>,
): Promise<string[]> {
  const outcomes: string[] = [];
  for (let wait = 0; ; wait++) {
    const p = await party(t);
    p.waits.during(wait, () => meanwhile(p));
    await act(p);
    await p.waits.running;
    if (p.waits.count <= wait) return outcomes;
    const activated = (p.keyring.byId(first.keyId)?.state.active ?? 0) > 0;
    const later = p.keyring.byId(second.keyId) !== undefined;
    assert.ok(activated !== later, `wait ${wait}: the first key activated: ${activated}, the second held: ${later}`);
    assert.deepEqual((await p.open()).ids(), p.keyring.ids(), 'the log reads the same');
    outcomes.push(activated ? 'first' : 'second');
  }
}

const acknowledgeSecond = (p: Party) => p.acknowledge(second);
const certifyFirst = (p: Party) => p.certify(first);

test('boards that arrive at any wait of an acknowledgement make no second key of the name', async t => {
  const outcomes = await atEachWait(t, acknowledgeSecond, certifyFirst);
  assert.deepEqual(new Set(outcomes), new Set(['first', 'second']));
});

test('a keygen that is acknowledged at any wait of an activation makes no second key of the name', async t => {
  const outcomes = await atEachWait(t, certifyFirst, acknowledgeSecond);
  assert.deepEqual(new Set(outcomes), new Set(['first', 'second']));
});
