/** A party, put together: what it is made of, in which order its parts start, and how they end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@mpc-operator/runtime/clock';
import { Checks } from '@mpc-operator/runtime/health';
import { HttpServer } from '@mpc-operator/runtime/http-server';
import type { Logger } from '@mpc-operator/runtime/log';
import type { Transport } from '@mpc-operator/runtime/transport';
import { auditSocket } from './audit/audit.ts';
import { auxiliaryService, type EcdsaMachine } from './auxiliary/auxiliary-service.ts';
import { banSocket } from './bans/ban-socket.ts';
import { AttemptNumbers } from './ceremonies/attempt-numbers.ts';
import { Ceremonies } from './ceremonies/ceremonies.ts';
import type { Config } from './config.ts';
import { answer } from './control/commands.ts';
import { partyReport } from './control/party-report.ts';
import { Revisions } from './control/revisions.ts';
import { type Custody, openCustody, type StoppableHsm } from './custody.ts';
import { EventRefused, isPromise } from './epochs/admit.ts';
import { SessionHost } from './host/session-host.ts';
import { EpochService } from './keys/epoch-service.ts';
import { hsmHealthy, keysHeld, natsConnected, observeSession } from './metrics.ts';
import { Peers } from './peers/peers.ts';
import { Presence } from './peers/presence.ts';
import { SessionRegistry } from './protocol/session/registry.ts';
import { Readiness } from './readiness.ts';
import { startRequests } from './requests/service.ts';
import type { Network } from './transport/network.ts';

/** Milliseconds. */
const PRESENCE_EVERY = 1_000;
const REPORT_EVERY = 5_000;
const HEALTH_EVERY = 2_000;

export type PartyConfig = Pick<
  Config,
  'owner' | 'storePath' | 'httpPort' | 'auditSocket' | 'banSocket' | 'securityLevel'
>;

export interface Surroundings {
  readonly hsm: StoppableHsm;
  readonly api: Transport;
  readonly ecdsa: EcdsaMachine;
  readonly openNetwork: (onConnection: (connected: boolean) => void) => Network;
  readonly log: Logger;
}

/**
 * Runs a party until the signal aborts, then lets its sessions end. Resolves when all is closed.
 * @throws LogCorrupt if the log of the party is not what the party wrote
 */
export async function runParty(config: PartyConfig, surroundings: Surroundings, signal: AbortSignal): Promise<void> {
  const { hsm, api, openNetwork, log } = surroundings;
  const readiness = new Readiness();
  const http = serverOf(config.httpPort, readiness, log);
  await http.listen();
  const custody = await openCustody(config, hsm, readiness, log, signal).catch(async (error: unknown) => {
    await http.close();
    if (signal.aborted) return undefined;
    throw error;
  });
  if (custody === undefined) return;
  const audit = auditSocket(hsm, config.owner, log);
  await audit.listen(config.auditSocket);
  const network = openNetwork(connected => {
    readiness.connected = connected;
    natsConnected.set(connected ? 1 : 0);
  });
  const ending = new AbortController();
  const parts = await assemble(config, surroundings, { custody, network, readiness });
  const { presence, registry, revisions } = parts;
  const bans = banSocket(parts.auxiliary.bans, log);
  await bans.listen(config.banSocket);
  const requests = startRequests(
    {
      ...{ ...parts, custody, network, api, log, owner: config.owner },
      able: () => readiness.reason === undefined,
      changed: name => revisions.touch(name),
    },
    ending.signal,
  );
  const report = () => partyReport({ ...parts, custody, readiness, requests });
  const tell = (): void => {
    network.report(json(report()));
    void presence.announce();
  };
  readiness.onChange(tell);
  revisions.onChange(tell);
  const { isToBeDestroyed, shown } = requests;
  const commands = { ...parts, ...custody, log, isToBeDestroyed, shown, report, clock: systemClock };
  network.serve(async message => json(await answer(commands, message)));

  const loops = [
    every(HEALTH_EVERY, ending.signal, async () => {
      readiness.health = await custody.sealing.health();
      hsmHealthy.set(readiness.hsm.healthy ? 1 : 0);
    }),
    every(PRESENCE_EVERY, ending.signal, () => presence.announce()),
    every(REPORT_EVERY, ending.signal, async () => network.report(json(report()))),
    parts.epochs.run(ending.signal),
    parts.auxiliary.run(ending.signal),
    requests.done,
  ];
  log.info('party is up', { identity: custody.identity.fingerprint, incarnation: custody.incarnation });
  await aborted(signal);
  readiness.draining = true;
  await registry.drain();
  ending.abort();
  await Promise.all(loops);
  await network.close();
  await audit.close();
  await bans.close();
  await custody.close();
  await http.close();
}

interface Basis {
  readonly custody: Custody;
  readonly network: Network;
  readonly readiness: Readiness;
}

/** What a party does with its peers and for the operator; what it does for SignRequests is in requests/service.ts. */
async function assemble(
  { owner, securityLevel: level, storePath }: PartyConfig,
  { ecdsa: machine, log }: Surroundings,
  { custody, network, readiness }: Basis,
) {
  const { store, identity, keyring, incarnation, origin } = custody;
  const clock = systemClock;
  // that this party must not take part is often learned during a session, whose result would be acknowledged
  store.onlyIf(events => {
    if (readiness.unfit !== undefined && events.some(isPromise)) throw new EventRefused(readiness.unfit);
  });
  const registry = new SessionRegistry();
  const revisions = new Revisions();
  const changed = (): void => revisions.partyChanged();
  const peers = await Peers.open({
    ...{ store, identity: identity.publicKey, incarnation, log, clock, met: changed },
    superseded: later => {
      readiness.unfit = `start ${later} of this party is running, this is start ${incarnation}: only one may`;
    },
  });
  const presence = await Presence.open({
    ...{ owner, identity, incarnation, peers, channel: network.open('presence') },
    ready: () => readiness.reason === undefined,
  });
  const host = new SessionHost({
    ...{ signer: identity, store, peers, registry, incarnation, origin, observe: observeSession },
    open: name => network.open(name),
    unfit: () => readiness.reason,
  });
  const numbers = await AttemptNumbers.open(store);
  const ceremonies = new Ceremonies({
    ...{ keyring, host, peers, signer: identity, numbers, log, clock },
    changed: name => revisions.touch(name),
  });
  reportKeys(custody, ceremonies, revisions);
  const about = { owner, level, machine, storePath, network, custody, host, peers, numbers, log, clock, changed };
  const auxiliary = await auxiliaryService(about);
  const epochs = new EpochService({
    ...{ keyring, signer: identity, sessions: registry, channel: network.open('epochs'), log, clock },
    setBack: error => {
      readiness.unfit = `${error.message}: this store was set back; it must be repaired`;
    },
  });
  return { registry, revisions, peers, presence, host, numbers, ceremonies, auxiliary, epochs };
}

/**
 * Numbers the changes of keys for the operator. Failed attempts at a key that is destroyed are of no interest any more.
 */
function reportKeys({ keyring }: Custody, ceremonies: Ceremonies, revisions: Revisions): void {
  for (const { state } of keyring.all()) revisions.touch(state.spec.name);
  keysHeld.set(keyring.all().length);
  keyring.onChange((keyId, name) => {
    keysHeld.set(keyring.all().length);
    if (name === undefined) revisions.partyChanged();
    else if (keyring.byName(name).length > 0) revisions.touch(name);
    else {
      ceremonies.forget(keyId, name);
      revisions.remove(name);
    }
  });
}

function serverOf(port: number, readiness: Readiness, log: Logger): HttpServer {
  const checks = new Checks();
  checks.add('party', () => {
    if (readiness.unreadiness !== undefined) throw new Error(readiness.unreadiness);
  });
  return new HttpServer({ port, liveness: new Checks(), readiness: checks, log });
}

/** Runs again and again until the signal aborts. */
async function every(period: number, signal: AbortSignal, run: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await run();
    await sleep(period, undefined, { signal }).catch(() => {});
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

const json = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));
