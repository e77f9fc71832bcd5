/** What a party tells the operator of its keys, in pages that NATS takes. */
import { MAX_KEYS_PAGE } from '@mpc-operator/crds/bounds';
import type { KeyReport, Reply } from '@mpc-operator/crds/control';
import type { AttemptNumbers } from '../ceremonies/attempt-numbers.ts';
import type { Ceremonies } from '../ceremonies/ceremonies.ts';
import type { HeldKey, Keyring } from '../keys/keyring.ts';
import type { RequestService } from '../requests/service.ts';
import { reportOfAttempt, reportOfKey } from './key-report.ts';
import type { Revisions } from './revisions.ts';

export interface KeysPageOptions {
  readonly keyring: Pick<Keyring, 'byName'>;
  readonly ceremonies: Pick<Ceremonies, 'attempts'>;
  readonly numbers: Pick<AttemptNumbers, 'failed'>;
  readonly revisions: Revisions;
  /** What a report shows of a key beside its state. */
  readonly shown: RequestService['shown'];
}

type KeysReply = Extract<Reply, { result: 'keys' }>;

/**
 * The bytes of keys after which a reply is full: well below the 1 MB that NATS takes. A key with a certificate of
 * MAX_PARTIES and MAX_DERIVATIONS children has tens of thousands.
 */
const PAGE_BYTES = 512_000;

/** The keys that changed after `since`: as many as one reply takes, at least one. */
export function keysSince(options: KeysPageOptions, since: number): KeysReply {
  const changed = options.revisions.since(since);
  const keys: KeyReport[] = [];
  let position = since;
  let bytes = 0;
  for (const { name, revision } of changed) {
    const report = reportOf(options, name);
    bytes += report === undefined ? 0 : Buffer.byteLength(JSON.stringify(report));
    if (keys.length === MAX_KEYS_PAGE || (keys.length > 0 && bytes > PAGE_BYTES)) break;
    if (report !== undefined) keys.push(report);
    position = revision;
  }
  return { result: 'keys', keys, position, more: position !== (changed.at(-1)?.revision ?? since) };
}

/** The report of the key of this name; undefined if there is nothing to report of it. */
function reportOf({ keyring, ceremonies, numbers, shown }: KeysPageOptions, name: string): KeyReport | undefined {
  const attempt = ceremonies.attempts().get(name);
  const held = leading(keyring.byName(name));
  const others = { attempt: attempt?.report, failed: numbers.failed(name) };
  if (held !== undefined) return reportOfKey(held, others, shown(held.state));
  return attempt && reportOfAttempt(attempt.spec, attempt.report);
}

/** Picks, among the keys of one name, the key that is activated, else the key that was tried last. */
const leading = (keys: readonly HeldKey[]): HeldKey | undefined =>
  [...keys].sort((a, b) => b.state.active - a.state.active || b.state.highest - a.state.highest)[0];
