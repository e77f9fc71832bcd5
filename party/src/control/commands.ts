/** Answers the operator's commands. No command can start a signature or make this party give out a share. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_TEXT } from '@mpc-operator/crds/bounds';
import { type Command, command, type PartyReport, type Refusal, type Reply } from '@mpc-operator/crds/control';
import type { Clock } from '@mpc-operator/runtime/clock';
import type { Logger } from '@mpc-operator/runtime/log';
import type { AuxiliaryService } from '../auxiliary/auxiliary-service.ts';
import { Refused } from '../ceremonies/admission.ts';
import type { Ceremonies } from '../ceremonies/ceremonies.ts';
import type { KeyState } from '../epochs/key-state.ts';
import type { Keyring } from '../keys/keyring.ts';
import { rejectFutureSlots } from './asked-triggers.ts';
import { type KeysPageOptions, keysSince } from './keys-page.ts';

export interface CommandsOptions extends KeysPageOptions {
  readonly keyring: Keyring;
  readonly ceremonies: Ceremonies;
  readonly auxiliary: Pick<AuxiliaryService, 'ceremony'>;
  readonly report: () => PartyReport;
  /** Whether this party itself sees that the shares of a key are to be destroyed. */
  readonly isToBeDestroyed: (key: KeyState) => boolean;
  readonly log: Logger;
  readonly clock: Pick<Clock, 'date'>;
}

/** The limit for a command, in bytes. A keygen with 32 triggers is the longest command. */
const MAX_BYTES = 65_536;

/** Returns the reply to whatever arrived as a command. */
export async function answer(options: CommandsOptions, message: Uint8Array): Promise<Reply> {
  const parsed = parse(message);
  if (typeof parsed === 'string') return refused('Malformed', parsed);
  try {
    return await carryOut(options, parsed);
  } catch (error) {
    if (error instanceof Refused) return refused(error.reason, error.message);
    options.log.error('a command failed', { verb: parsed.verb, error });
    return refused('NotReady', error instanceof Error ? error.message : 'unknown error');
  }
}

/** A refusal, in as many words as a reply takes. */
const refused = (reason: Refusal, message: string): Reply => ({
  result: 'refused',
  reason,
  message: message.slice(0, MAX_TEXT),
});

async function carryOut(options: CommandsOptions, c: Command): Promise<Reply> {
  const { ceremonies, auxiliary, report, clock } = options;
  switch (c.verb) {
    case 'report':
      return { result: 'report', report: report() };
    case 'keys':
      return keysSince(options, c.since);
    case 'keygen':
      rejectFutureSlots(c.triggers, clock.date());
      ceremonies.keygen(c);
      return { result: 'accepted' };
    case 'refresh':
      rejectFutureSlots([c.trigger], clock.date());
      ceremonies.refresh(c);
      return { result: 'accepted' };
    case 'auxiliary':
      rejectFutureSlots([c.trigger], clock.date());
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

function parse(message: Uint8Array): Command | string {
  if (message.length > MAX_BYTES) return `not a command: ${message.length} bytes where at most ${MAX_BYTES} may be`;
  try {
    const { data, error } = command.safeParse(JSON.parse(Buffer.from(message).toString()));
    return data ?? `not a command: ${error?.issues[0]?.path.join('.')} ${error?.issues[0]?.message}`;
  } catch {
    return 'a command is JSON';
  }
}
