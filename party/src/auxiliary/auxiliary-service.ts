/**
 * The parts of a party that threshold ECDSA needs beside the keys: primes in stock, auxiliary information, bans, and
 * threads to compute in.
 */
import type { SecurityLevel } from '@mpc-operator/crds/control';
import type { Clock } from '@mpc-operator/runtime/clock';
import type { Logger } from '@mpc-operator/runtime/log';
import { Bans } from '../bans/bans.ts';
import { ExcludingHost } from '../bans/excluding-host.ts';
import { EvidenceMessenger } from '../bans/messenger.ts';
import type { AttemptNumbers } from '../ceremonies/attempt-numbers.ts';
import type { Custody } from '../custody.ts';
import { auxiliaryId } from '../epochs/auxiliary-id.ts';
import type { SessionHost } from '../host/session-host.ts';
import { auxiliaryGeneration, safePrimesReady } from '../metrics.ts';
import type { Peers } from '../peers/peers.ts';
import type { Owner } from '../protocol/identity/owner.ts';
import type { Secret } from '../protocol/secret.ts';
import { WorkerPool } from '../threads/worker-pool.ts';
import type { Network } from '../transport/network.ts';
import { AuxiliaryCeremony } from './ceremony.ts';
import { levelOfLastPrimes, PrimeStock } from './primes.ts';

/** What threshold ECDSA needs of the machine. */
export interface EcdsaMachine {
  /** The program of a thread: see threads/worker.ts. */
  readonly thread: URL;
  readonly makePrimes: (level: SecurityLevel, signal: AbortSignal) => Promise<Secret<Uint8Array>>;
}

export interface AuxiliaryServiceOptions {
  readonly owner: Owner;
  readonly level: SecurityLevel;
  readonly machine: EcdsaMachine;
  readonly storePath: string;
  readonly custody: Custody;
  readonly network: Pick<Network, 'open'>;
  readonly host: SessionHost;
  readonly peers: Peers;
  readonly numbers: AttemptNumbers;
  readonly log: Logger;
  readonly clock: Clock;
  readonly changed: () => void;
}

export interface AuxiliaryService {
  readonly ceremony: AuxiliaryCeremony;
  readonly workers: WorkerPool;
  readonly bans: Bans;
  /** Runs sessions of threshold ECDSA. */
  readonly host: ExcludingHost;
  /** Keeps primes in stock until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export async function auxiliaryService(options: AuxiliaryServiceOptions): Promise<AuxiliaryService> {
  const { owner, level, machine, custody, network, peers, clock, log, changed } = options;
  const { sealing, keyring, identity: signer } = custody;
  const keyId = auxiliaryId(owner);
  const workers = new WorkerPool(machine.thread, async generation => {
    // the thread that the record is sent to wipes it
    const record = await sealing.read({ kind: 'auxiliary', keyId, epoch: generation });
    if (record === undefined) throw new RangeError(`this party has no auxiliary information ${generation}`);
    return record.expose();
  });
  const primes = new PrimeStock({
    ...{ level, sealing, make: machine.makePrimes, log },
    levelOfLast: () => levelOfLastPrimes(custody.store),
    changed: () => {
      safePrimesReady.set(primes.ready ? 1 : 0);
      changed();
    },
  });
  let [prepared, forgotten] = [0, 0];
  const generationChanged = (): void => {
    const { active: generation = 0, erasedBelow = 0, attempts } = keyring.auxiliary()?.state ?? {};
    if (erasedBelow > forgotten) workers.forget(erasedBelow);
    forgotten = erasedBelow;
    auxiliaryGeneration.set(generation);
    if (generation === prepared) return;
    prepared = generation;
    const { level: made = level } = attempts?.get(generation)?.proposal ?? {};
    workers.prepare({ me: owner.party, auxiliary: { generation, level: made } }).catch((error: unknown) => {
      log.warn('auxiliary information is not at hand yet', { error });
    });
  };
  keyring.onChange((_, key) => {
    if (key === undefined) generationChanged();
  });
  generationChanged();
  const bans = await Bans.open({ ...options, store: custody.store, workers });
  const messenger = new EvidenceMessenger({ bans, channel: network.open('evidence'), peers, clock, log });
  const host = new ExcludingHost(options.host, bans, log);
  const ceremony = new AuxiliaryCeremony({ ...options, host, keyring, signer, primes, workers, bans });
  return {
    ceremony,
    workers,
    bans,
    host,
    run: async signal => {
      await Promise.all([primes.run(signal), messenger.run(signal)]);
      await workers.close();
    },
  };
}
