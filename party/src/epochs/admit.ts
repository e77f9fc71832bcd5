/**
 * The rules about which event may follow what this party has recorded of its keys. They are asked inside the
 * transaction that appends the event: between a question that is asked earlier and the append lie signing, HSM and
 * disk, and what arrives meanwhile changes the answer. They are not asked on replay: an older version may have recorded
 * what is refused now, and its log stays readable.
 */
import { whatCarriedOut } from './carried-out.ts';
import { apply, type EpochEvent, keyIdOf } from './events.ts';
import { type EpochState, isKey, isRenounced, type KeyState } from './key-state.ts';

/** An event that may not follow what is recorded: it is not recorded, and the statement in it is given to nobody. */
export class EventRefused extends Error {
  override readonly name = 'EventRefused';
}

type Keys = ReadonlyMap<string, EpochState>;
type Acknowledged = Extract<EpochEvent, { type: 'EpochAcknowledged' }>;

/** Whether an event holds a statement that other parties rely on, so that only a party of full memory may give it. */
export const isPromise = ({ type }: { readonly type: string }): boolean =>
  type === 'EpochAcknowledged' || type === 'EpochActivated';

/**
 * Returns the keys after one more event, which is about to be recorded.
 * @throws EventRefused for an event that a rule forbids
 * @throws RangeError for an event that cannot follow
 */
export function admit(me: number, keys: Keys, e: EpochEvent): Keys {
  const why = refusal(keys, e);
  if (why !== undefined) throw new EventRefused(why);
  return apply(me, keys, e);
}

function refusal(keys: Keys, e: EpochEvent): string | undefined {
  const key = keys.get(keyIdOf(e));
  if (e.type === 'EpochAcknowledged') return whyNotAcknowledge(keys, key, e);
  if (e.type !== 'EpochActivated' || key === undefined) return undefined;
  const { epoch } = e.certificate;
  if (epoch <= key.active) return `epoch ${epoch} of key ${key.keyId} is not above ${key.active}, which is active`;
  return isKey(key) ? whyNotMake(key, [...keys.values()].filter(isKey)) : undefined;
}

function whyNotAcknowledge(keys: Keys, key: EpochState | undefined, e: Acknowledged): string | undefined {
  const done = e.triggers.find(trigger => whatCarriedOut(key, trigger) !== undefined);
  if (done !== undefined) return `trigger ${done} of attempt ${e.proposal.epoch} was carried out meanwhile`;
  if (key !== undefined || 'kind' in e.spec) return undefined;
  const others = namesakes([...keys.values()].filter(isKey), e.spec.name, e.proposal.keyId);
  const above = others.find(other => other.highest >= e.proposal.epoch);
  if (above !== undefined)
    return `attempt ${e.proposal.epoch} at ${e.spec.name} is not above ${above.highest}, of key ${above.keyId}`;
  return whyNotBeside(others);
}

/**
 * Why a key cannot be activated for the first time (decision 5): another key of its name is active, or a later attempt
 * at a key of its name is acknowledged. Undefined: it can, or it has been activated.
 */
export function whyNotMake(key: KeyState, keys: readonly KeyState[]): string | undefined {
  if (key.active > 0) return undefined;
  const others = namesakes(keys, key.spec.name, key.keyId);
  if (isRenounced(key, others))
    return `key ${key.keyId} is given up: a later attempt at a key named ${key.spec.name} is acknowledged`;
  return whyNotBeside(others);
}

function whyNotBeside(others: readonly KeyState[]): string | undefined {
  const active = others.find(other => other.active > 0);
  return active && `key ${active.keyId}, also named ${active.spec.name}, is active: a name stands for one key`;
}

const namesakes = (keys: readonly KeyState[], name: string, keyId: string): readonly KeyState[] =>
  keys.filter(other => other.spec.name === name && other.keyId !== keyId);
