/**
 * What belongs to one party alone: HSM, log, identity and keys. None of these needs another party, NATS or Kubernetes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@mpc-operator/runtime/log';
import type { Config } from './config.ts';
import type { Hsm } from './hsm/hsm.ts';
import { Keyring } from './keys/keyring.ts';
import type { Identity } from './protocol/identity/identity.ts';
import { verifySignature } from './protocol/session/signer.ts';
import type { Readiness } from './readiness.ts';
import { loadIdentity } from './sealing/load-identity.ts';
import { Sealing } from './sealing/sealing.ts';
import { SELF, self } from './store/projections.ts';
import { Store } from './store/store.ts';

export interface StoppableHsm extends Hsm {
  stop(): Promise<void>;
}

export interface Custody {
  readonly store: Store;
  readonly sealing: Sealing;
  readonly identity: Identity;
  readonly keyring: Keyring;
  /** The number of this start of the party, from 1. */
  readonly incarnation: number;
  /** The hash of the event with which this incarnation began, in hex. */
  readonly origin: string;
  close(): Promise<void>;
}

/** Milliseconds between two attempts to open the HSM, while it is away or is not the HSM of this party. */
const RETRY = 2_000;

/**
 * Opens everything that belongs to this party alone. Waits for the HSM as long as it takes, and gives the cause in
 * `readiness`: a party never gives up because something is away.
 * @throws LogCorrupt, or an AbortError if the signal comes first
 */
export async function openCustody(
  { owner, storePath }: Pick<Config, 'owner' | 'storePath'>,
  hsm: StoppableHsm,
  readiness: Readiness,
  log: Logger,
  signal: AbortSignal,
): Promise<Custody> {
  const store = await Store.open({ path: storePath, owner });
  const incarnation = ((await store.get(self, SELF))?.incarnation ?? 0) + 1;
  await store.append([{ type: 'Started', incarnation }]);
  const origin = store.head.hash;
  const close = async (): Promise<void> => {
    await hsm.stop();
    await store.close();
  };
  try {
    const { sealing, identity } = await untilAvailable(async () => {
      const opened = await Sealing.open(hsm, store);
      return { sealing: opened, identity: await loadIdentity(opened, store) };
    });
    const verify = (id: string, bytes: Uint8Array, signature: string): boolean =>
      verifySignature(Buffer.from(id, 'hex'), bytes, Buffer.from(signature, 'hex'));
    const keyring = await Keyring.open({ me: owner.party, store, sealing, verify });
    return { store, sealing, identity, keyring, incarnation, origin, close };
  } catch (error) {
    await close();
    throw error;
  }

  async function untilAvailable<T>(open: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await open();
      } catch (error) {
        const reason = error instanceof Error ? error.message : 'unknown error';
        readiness.health = { healthy: false, generation: 0, reason };
        log.warn('waiting for the HSM', { reason });
      }
      await sleep(RETRY, undefined, { signal });
    }
  }
}
