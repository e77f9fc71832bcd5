/** What a party has for threshold ECDSA beside its keys: primes in stock, auxiliary information, and threads to compute in. */
import type { SecurityLevel } from '@mpc-operator/crds/control';
import type { Clock } from '@mpc-operator/runtime/clock';
import type { Logger } from '@mpc-operator/runtime/log';
import type { Custody } from '../custody.ts';
import type { SessionHost } from '../host/session-host.ts';
import type { Peers } from '../peers/peers.ts';
import type { Secret } from '../secret.ts';
import type { Owner } from '../store/secret-name.ts';
import { Computing } from '../threads/computing.ts';
import { AuxiliaryCeremony, auxiliaryId } from './ceremony.ts';
import { PrimeStock } from './primes.ts';

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
  readonly custody: Custody;
  readonly host: SessionHost;
  readonly peers: Peers;
  readonly log: Logger;
  readonly clock: Clock;
  readonly changed: () => void;
}

export interface AuxiliaryService {
  readonly ceremony: AuxiliaryCeremony;
  readonly computing: Computing;
  /** Keeps primes in stock until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export function auxiliaryService(options: AuxiliaryServiceOptions): AuxiliaryService {
  const { owner, level, machine, custody, log, changed } = options;
  const { sealing, keyring, identity: signer } = custody;
  const keyId = auxiliaryId(owner);
  const computing = new Computing(machine.thread, async generation => {
    // the thread that it is sent to wipes it
    const record = await sealing.read({ kind: 'auxiliary', keyId, epoch: generation });
    if (record === undefined) throw new RangeError(`this party has no auxiliary information ${generation}`);
    return record.expose();
  });
  const primes = new PrimeStock({ level, sealing, make: machine.makePrimes, log, changed });
  const ceremony = new AuxiliaryCeremony({ ...options, keyring, signer, primes, computing });
  return {
    ceremony,
    computing,
    run: async signal => {
      await primes.run(signal);
      await computing.close();
    },
  };
}
