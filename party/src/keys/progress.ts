/**
 * The steps that a party takes by itself once a new sharing is acknowledged: certify, activate, finalise, erase. They
 * are level-triggered: each step follows from what is known now, so that it does not matter what was lost, repeated, or
 * interrupted by a crash.
 */
import type { Reconcile } from '@mpc-operator/runtime/controller';
import type { Logger } from '@mpc-operator/runtime/log';
import { EventRefused, whyNotMake } from '../epochs/admit.ts';
import {
  type Attempt,
  type EpochState,
  isKey,
  isSettled,
  type KeyState,
  nextStep,
  type Step,
} from '../epochs/key-state.ts';
import { certificateOf } from '../epochs/proposal.ts';
import { activatedBytes, erasedBytes } from '../epochs/statements.ts';
import type { SessionRegistry } from '../protocol/session/registry.ts';
import type { Signer } from '../protocol/session/signer.ts';
import type { Keyring } from './keyring.ts';

export interface ProgressOptions {
  readonly keyring: Keyring;
  readonly signer: Signer;
  readonly sessions: Pick<SessionRegistry, 'retire'>;
  /** Shows this party's board of a key to the others. */
  readonly publish: (keyId: string) => Promise<void>;
}

/**
 * Milliseconds until the board is shown again, while a party may still wait for a statement; and until a step that had
 * to wait for the end of sessions is tried again.
 */
const REPEAT = 5_000;
const DRAIN_POLL = 250;

const DONE = { activate: 'epoch activated', finalise: 'epoch final', erase: 'old shares erased' } as const;

/** Reconciles one key, or the auxiliary information, by its id. */
export function progress(options: ProgressOptions): Reconcile {
  const { keyring, publish } = options;
  return async ({ name: keyId }, { log }) => {
    let refused = false;
    try {
      refused = !(await advance(options, keyId, log));
    } finally {
      // other parties may wait for what this party has said, even if this party cannot go on
      await publish(keyId);
    }
    if (next(keyring, keyId) !== undefined) return { requeueAfter: refused ? REPEAT : DRAIN_POLL };
    const key = keyring.epochs(keyId)?.state;
    return key === undefined || isSettled(key) ? {} : { requeueAfter: REPEAT };
  };
}

/** Takes all steps that can be taken. @returns whether none of them was refused */
async function advance(options: ProgressOptions, keyId: string, log: Logger): Promise<boolean> {
  const { keyring, sessions } = options;
  for (let todo = next(keyring, keyId); todo !== undefined; todo = next(keyring, keyId)) {
    const { key, step } = todo;
    const inUse = step.kind === 'erase' && !sessions.retire(keyId, step.below);
    if (inUse) break;
    try {
      await take(options, key, step);
    } catch (error) {
      if (!(error instanceof EventRefused)) throw error;
      // what the step followed from has changed while this party signed
      log.info('a step of an epoch was not taken', { key: nameOf(key), step, reason: error.message });
      return false;
    }
    log.info(DONE[step.kind], { key: nameOf(key), step });
  }
  const key = keyring.epochs(keyId)?.state;
  if (key !== undefined && isKey(key) && key.final > 0) await forgetOthers(keyring, key);
  return true;
}

const nameOf = (key: EpochState): string => (isKey(key) ? key.spec.name : 'auxiliary information');

function next(keyring: Keyring, keyId: string): { readonly key: EpochState; readonly step: Step } | undefined {
  const key = keyring.epochs(keyId)?.state;
  if (key === undefined || (isKey(key) && whyNotMake(key, sameName(keyring, key)) !== undefined)) return undefined;
  const step = nextStep(key);
  return step && { key, step };
}

const sameName = (keyring: Keyring, key: KeyState): KeyState[] =>
  keyring.byName(key.spec.name).map(({ state }) => state);

/** Destroys what earlier attempts at making this key have left: they came to nothing. */
async function forgetOthers(keyring: Keyring, key: KeyState): Promise<void> {
  for (const other of sameName(keyring, key)) if (other.keyId !== key.keyId) await keyring.destroy(other.keyId);
}

async function take({ keyring, signer }: ProgressOptions, key: EpochState, step: Step): Promise<void> {
  const { keyId } = key;
  const sign = async (bytes: Uint8Array): Promise<string> => Buffer.from(await signer.sign(bytes)).toString('hex');
  switch (step.kind) {
    case 'activate': {
      const { proposal, acks } = attemptOf(key, step.epoch);
      const signature = await sign(activatedBytes(keyId, step.epoch));
      return await keyring.record([{ type: 'EpochActivated', certificate: certificateOf(proposal, acks), signature }]);
    }
    case 'finalise': {
      const words = attemptOf(key, step.epoch).activated;
      const activated = [...words].map(([party, signature]) => ({ party, signature }));
      return await keyring.record([{ type: 'EpochFinal', keyId, epoch: step.epoch, activated }]);
    }
    case 'erase':
      return await keyring.erase(keyId, step.below, await sign(erasedBytes(keyId, step.below)));
  }
}

function attemptOf(key: EpochState, epoch: number): Attempt {
  const attempt = key.attempts.get(epoch);
  if (attempt === undefined) throw new RangeError(`key ${key.keyId} has no attempt ${epoch}`);
  return attempt;
}
