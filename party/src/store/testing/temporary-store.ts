import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Owner } from '../../protocol/identity/owner.ts';
import type { EventOf, PartyEvent } from '../events.ts';
import { Store, type StoreOptions } from '../store.ts';

export const owner: Owner = { namespace: 'ns', cluster: 'c', party: 1 };

/** A path for a store, in a folder of its own that is removed after the test. */
export function temporaryPath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'store-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'store.db');
}

/** A store that is closed with the test, if the test does not close it. */
export async function openStore(
  t: TestContext,
  path = temporaryPath(t),
  options: Partial<StoreOptions> = {},
): Promise<Store> {
  const store = await Store.open({ path, owner, ...options });
  t.after(() => store.close());
  return store;
}

export async function eventsOf(store: Store): Promise<PartyEvent[]> {
  const events: PartyEvent[] = [];
  for await (const { event } of store.entries()) events.push(event);
  return events;
}

/** 32 bytes in hex, such as a session id or a hash. */
export const id = (n: number): string => n.toString(16).padStart(64, '0');

export const opening = (n: number): PartyEvent => ({ type: 'SessionOpened', sid: id(n), purpose: 'sign' });

/** `request` is the uid of the SignRequest. */
export const signed = (request: string): EventOf<'Signed'> => ({
  type: 'Signed',
  request,
  keyId: '0'.repeat(32),
  epoch: 1,
  signature: 'ab'.repeat(64),
  signers: [1, 3],
});
