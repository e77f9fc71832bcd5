/**
 * Measures how long the thread that answers health checks and FROST is held up while threads beside it make ECDSA
 * signatures interactively: two parties in one process, with moduli of production. The delays include what the machine
 * itself adds, so an idle loop is measured first.
 */
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { curves } from '@mpc-operator/party/protocol/curve/curve';
import type { SessionOptions } from '@mpc-operator/party/protocol/session/session';
import { makeSigner, results } from '@mpc-operator/party/protocol/session/simulator';
import { groupKey, type KeyShare } from '@mpc-operator/party/protocol/sharing/sharing';
import { makeShares } from '@mpc-operator/party/protocol/sharing/testing/keys';
import { interactiveAgreement } from '@mpc-operator/party/protocol/signing/cggmp24/agreement';
import { type Auxiliary, auxiliaryHash } from '@mpc-operator/party/protocol/signing/cggmp24/auxiliary';
import { encodeAuxiliary } from '@mpc-operator/party/protocol/signing/cggmp24/auxiliary-record';
import { simulateAuxInfo } from '@mpc-operator/party/protocol/signing/cggmp24/testing/simulations';
import { DataToSign } from '@mpc-operator/party/protocol/signing/data-to-sign';
import { untweaked } from '@mpc-operator/party/protocol/signing/signing-key';
import { plainShare } from '@mpc-operator/party/threads/plain-share';
import { WorkerPool } from '@mpc-operator/party/threads/worker-pool';
import { makeMaterial } from './material.ts';

export interface Held {
  readonly what: string;
  /** Milliseconds. */
  readonly p99: number;
  readonly max: number;
}

const PARTIES = 2;
const SIGNATURES = 8;
const IDLE = 3_000;
const PROGRAM = new URL(import.meta.resolve('@mpc-operator/party/threads/worker'));
const message = Buffer.from('a payment');
const data = DataToSign.of(message, 'sha256');

export async function measureEventLoop(level: 112 | 128): Promise<readonly Held[]> {
  const material = await makeMaterial(level, PARTIES);
  const made = results(await simulateAuxInfo(PARTIES, {}, material));
  const shares = await makeShares('secp256k1', 2, PARTIES);
  const signers = shares.map(makeSigner);
  const workers = shares.map(({ party }) => {
    const auxiliary = made.get(party)?.result;
    if (auxiliary === undefined) throw new RangeError(`party ${party} has no auxiliary information`);
    return { auxiliary, threads: new WorkerPool(PROGRAM, async () => recordOf(auxiliary, party)) };
  });
  const recordOf = (auxiliary: Auxiliary, party: number) =>
    encodeAuxiliary(auxiliary, material.primesOf(party), material.parameters);

  const signOnce = async (): Promise<void> => {
    const wire = new EventEmitter();
    const session = `bench-${randomBytes(8).toString('hex')}`;
    await Promise.all(
      shares.map((share, i) => {
        const { auxiliary, threads } = workers[i] ?? missing();
        const options = optionsOf(share, i, session, wire, auxiliary);
        const input = {
          auxiliary: { generation: 1, level },
          share: plainShare(share),
          data: { message, digest: 'sha256' },
        } as const;
        return threads.run('interactive', input, options);
      }),
    );
  };

  const optionsOf = (
    { sharing, party: me }: KeyShare,
    i: number,
    session: string,
    wire: EventEmitter,
    auxiliary: Auxiliary,
  ): SessionOptions => {
    const key = untweaked(curves[sharing.curve], groupKey(sharing));
    const agreed = interactiveAgreement({ level, auxiliary: auxiliaryHash(auxiliary.all), sharing, key }, data);
    const members = signers.map(({ publicKey: identity }, at) => ({ id: at + 1, identity }));
    return {
      me,
      signer: signers[i] ?? missing(),
      channel: {
        send: (_, bytes) => void setImmediate(() => wire.emit(`from ${me}`, bytes)),
        listen: receive => {
          const other = PARTIES + 1 - me;
          wire.on(`from ${other}`, bytes => receive(other, bytes));
          return () => wire.removeAllListeners(`from ${other}`);
        },
      },
      parameters: { ...agreed, session, key: 'bench', epoch: 1, members },
      standing: { incarnation: 1, position: 0, head: new Uint8Array(32) },
      acceptStandings: () => {},
      claimSid: () => true,
      signal: AbortSignal.timeout(60_000),
    };
  };

  await signOnce();
  const idle = await held(() => sleep(IDLE));
  const busy = await held(async () => {
    for (let i = 0; i < SIGNATURES; i++) await signOnce();
  });
  await Promise.all(workers.map(({ threads }) => threads.close()));
  return [
    { what: `${level} bits: nothing to do`, ...idle },
    { what: `${level} bits: ${SIGNATURES} signatures by two parties, one after the other`, ...busy },
  ];
}

async function held(work: () => Promise<unknown>): Promise<Omit<Held, 'what'>> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await work();
  delay.disable();
  return { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 };
}

function missing(): never {
  throw new RangeError('a party without its part');
}

export const formatHeld = ({ what, p99, max }: Held): string =>
  what.padEnd(64) + [p99, max].map(ms => ms.toFixed(1).padStart(9)).join('');

if (import.meta.main)
  for (const level of [112, 128] as const)
    for (const row of await measureEventLoop(level)) console.log(formatHeld(row));
