/** Answers the operator's commands. No command can start a signature or make this party give out a share. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, command, type PartyReport, type Reply } from '@mpc-operator/crds/control';
import type { Logger } from '@mpc-operator/runtime/log';
import type { AuxiliaryService } from '../auxiliary/auxiliary-service.ts';
import { Refused } from '../ceremonies/admission.ts';
import type { AttemptNumbers } from '../ceremonies/attempt-numbers.ts';
import type { Ceremonies } from '../ceremonies/ceremonies.ts';
import type { KeyState } from '../epochs/key-state.ts';
import type { HeldKey, Keyring } from '../keys/keyring.ts';
import type { RequestService } from '../requests/service.ts';
import { reportOfAttempt, reportOfKey } from './key-report.ts';
import type { Revisions } from './revisions.ts';

export interface CommandsOptions {
  readonly keyring: Keyring;
  readonly ceremonies: Ceremonies;
  readonly numbers: Pick<AttemptNumbers, 'failed'>;
  readonly auxiliary: Pick<AuxiliaryService, 'ceremony'>;
  readonly revisions: Revisions;
  readonly report: () => PartyReport;
  /** What a report shows of a key beside its state. */
  readonly shown: RequestService['shown'];
  /** Whether this party itself sees that the shares of a key are to be destroyed. */
  readonly isToBeDestroyed: (key: KeyState) => boolean;
  readonly log: Logger;
}

/** The number of keys in one reply: with their certificates they stay well below what NATS takes. */
const PAGE = 50;
/** The limit for a command, in bytes. A keygen with 32 triggers is the longest command. */
const MAX_BYTES = 65_536;

/** Returns the reply to whatever arrived as a command. */
export async function answer(options: CommandsOptions, message: Uint8Array): Promise<Reply> {
  const parsed = parse(message);
  if (typeof parsed === 'string') return { result: 'refused', reason: 'Malformed', message: parsed };
  try {
    return await carryOut(options, parsed);
  } catch (error) {
    if (error instanceof Refused) return { result: 'refused', reason: error.reason, message: error.message };
    options.log.error('a command failed', { verb: parsed.verb, error });
    const text = error instanceof Error ? error.message : 'unknown error';
    return { result: 'refused', reason: 'NotReady', message: text.slice(0, 1024) };
  }
}

async function carryOut(options: CommandsOptions, c: Command): Promise<Reply> {
  const { ceremonies, auxiliary, report } = options;
  switch (c.verb) {
    case 'report':
      return { result: 'report', report: report() };
    case 'keys':
      return keysSince(options, c.since);
    case 'keygen':
      ceremonies.keygen(c);
      return { result: 'accepted' };
    case 'refresh':
      ceremonies.refresh(c);
      return { result: 'accepted' };
    case 'auxiliary':
      auxiliary.ceremony.begin(c);
      return { result: 'accepted' };
    case 'destroy':
      await destroy(options, c.keyId);
      return { result: 'accepted' };
  }
}

/** Destroys the shares of a key. The word of the operator is not enough: the operator could not bring a key back. */
async function destroy({ keyring, isToBeDestroyed }: CommandsOptions, keyId: string): Promise<void> {
  const key = keyring.byId(keyId)?.state;
  if (key === undefined) return;
  // the watch of this party may be a moment behind that of the operator
  for (let i = 0; i < 10 && !isToBeDestroyed(key); i += 1) await sleep(100);
  if (!isToBeDestroyed(key)) {
    const what = `KeyShareSet ${key.spec.name}, of just this key, that is deleted with spec.deletionPolicy Destroy`;
    throw new Refused('NotDeleted', `this party sees no ${what}`);
  }
  await keyring.destroy(keyId);
}

function keysSince({ keyring, ceremonies, numbers, revisions, shown }: CommandsOptions, since: number): Reply {
  const changed = revisions.since(since);
  const page = changed.slice(0, PAGE);
  const keys = page.flatMap(({ name }) => {
    const attempt = ceremonies.attempts().get(name);
    const held = leading(keyring.byName(name));
    const others = { attempt: attempt?.report, failed: numbers.failed(name) };
    if (held !== undefined) return [reportOfKey(held, others, shown(held.state))];
    return attempt === undefined ? [] : [reportOfAttempt(attempt.spec, attempt.report)];
  });
  return { result: 'keys', keys, position: page.at(-1)?.revision ?? since, more: changed.length > PAGE };
}

/** Picks, among the keys of one name, the key that is activated, else the key that was tried last. */
const leading = (keys: readonly HeldKey[]): HeldKey | undefined =>
  [...keys].sort((a, b) => b.state.active - a.state.active || b.state.highest - a.state.highest)[0];

function parse(message: Uint8Array): Command | string {
  if (message.length > MAX_BYTES) return `not a command: ${message.length} bytes where at most ${MAX_BYTES} may be`;
  try {
    const { data, error } = command.safeParse(JSON.parse(Buffer.from(message).toString()));
    return data ?? `not a command: ${error?.issues[0]?.path.join('.')} ${error?.issues[0]?.message}`;
  } catch {
    return 'a command is JSON';
  }
}
