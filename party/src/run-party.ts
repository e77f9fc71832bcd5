/** A party, put together: what needs what, in which order it starts, and how it ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { PartyReport } from '@mpc-operator/crds/control';
import { systemClock } from '@mpc-operator/runtime/clock';
import { Controller } from '@mpc-operator/runtime/controller';
import { Checks } from '@mpc-operator/runtime/health';
import { HttpServer } from '@mpc-operator/runtime/http-server';
import type { Logger } from '@mpc-operator/runtime/log';
import { ExponentialFailureRateLimiter } from '@mpc-operator/runtime/rate-limiter';
import type { Transport } from '@mpc-operator/runtime/transport';
import { auditSocket } from './audit/audit.ts';
import { auxiliaryService, type EcdsaMachine } from './auxiliary/auxiliary-service.ts';
import { banSocket } from './bans/ban-socket.ts';
import { Ceremonies } from './ceremonies/ceremonies.ts';
import type { Config } from './config.ts';
import { answer } from './control/commands.ts';
import { Revisions } from './control/revisions.ts';
import { type Custody, openCustody, type StoppableHsm } from './custody.ts';
import { SessionHost } from './host/session-host.ts';
import { Gossip } from './keys/gossip.ts';
import { progress } from './keys/progress.ts';
import { hsmHealthy, keysHeld, natsConnected, observeSession } from './metrics.ts';
import { introduce } from './peers/introduction.ts';
import { Peers } from './peers/peers.ts';
import { fingerprint } from './protocol/identity/identity.ts';
import { SessionRegistry } from './protocol/session/registry.ts';
import { Readiness } from './readiness.ts';
import { type RequestService, startRequests } from './requests/service.ts';
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
 * @throws LogCorrupt if its log is not what it wrote
 */
export async function runParty(
  config: PartyConfig,
  { hsm, api, ecdsa, openNetwork, log }: Surroundings,
  signal: AbortSignal,
): Promise<void> {
  let tell = (): void => {};
  const fitness = new Readiness(() => tell());
  const [liveness, readiness] = [new Checks(), new Checks()];
  readiness.add('party', () => {
    if (fitness.unreadiness !== undefined) throw new Error(fitness.unreadiness);
  });
  const http = new HttpServer({ port: config.httpPort, liveness, readiness, log });
  await http.listen();
  const custody = await openCustody(config, hsm, fitness, log, signal).catch(async (error: unknown) => {
    await http.close();
    if (signal.aborted) return undefined;
    throw error;
  });
  if (custody === undefined) return;
  const audit = auditSocket(hsm, config.owner, log);
  await audit.listen(config.auditSocket);
  const network = openNetwork(connected => {
    fitness.connected = connected;
    natsConnected.set(connected ? 1 : 0);
  });
  const registry = new SessionRegistry();
  const ending = new AbortController();
  const parts = await assemble(config, custody, ecdsa, network, fitness, registry, log, () => tell());
  const bans = banSocket(parts.auxiliary.bans, log);
  await bans.listen(config.banSocket);
  const requests = startRequests(
    {
      ...{ ...parts, custody, network, registry, api, log, owner: config.owner },
      able: () => fitness.reason === undefined,
      changed: parts.changed,
    },
    ending.signal,
  );
  const report = (): void => network.report(json(parts.report(requests)));
  tell = () => {
    report();
    void parts.announce();
  };
  const { isToBeDestroyed, shown } = requests;
  network.serve(async message =>
    json(
      await answer(
        { ...parts, ...custody, log, isToBeDestroyed, shown, report: () => parts.report(requests) },
        message,
      ),
    ),
  );

  const loops = [
    every(HEALTH_EVERY, ending.signal, async () => {
      fitness.health = await custody.sealing.health();
      hsmHealthy.set(fitness.hsm.healthy ? 1 : 0);
    }),
    every(PRESENCE_EVERY, ending.signal, () => parts.announce()),
    every(REPORT_EVERY, ending.signal, async () => report()),
    parts.epochs.run(ending.signal),
    parts.auxiliary.run(ending.signal),
    requests.done,
  ];
  log.info('party is up', { identity: custody.identity.fingerprint, incarnation: custody.incarnation });
  await aborted(signal);
  fitness.draining = true;
  await registry.drain();
  ending.abort();
  await Promise.all(loops);
  await network.close();
  await audit.close();
  await bans.close();
  await custody.close();
  await http.close();
}

async function assemble(
  config: PartyConfig,
  custody: Custody,
  machine: EcdsaMachine,
  network: Network,
  fitness: Readiness,
  registry: SessionRegistry,
  log: Logger,
  changed: () => void,
) {
  const { store, identity, keyring, incarnation, origin } = custody;
  const clock = systemClock;
  const superseded = (later: number): void => {
    fitness.unfit = `start ${later} of this party is running, this is start ${incarnation}: only one may`;
  };
  const peers = await Peers.open({
    store,
    identity: identity.publicKey,
    incarnation,
    log,
    clock,
    superseded,
    met: changed,
  });
  const unfit = () => fitness.reason;
  const open = (name: string) => network.open(name);
  const host = new SessionHost({
    signer: identity,
    store,
    peers,
    registry,
    incarnation,
    origin,
    open,
    observe: observeSession,
    unfit,
  });

  const revisions = new Revisions();
  const touched = (name: string): void => {
    revisions.touch(name);
    changed();
  };
  const ceremonies = new Ceremonies({
    keyring,
    host,
    peers,
    signer: identity,
    log,
    clock,
    changed: touched,
  });

  const { owner, securityLevel: level, storePath } = config;
  const about = { owner, level, machine, storePath, network, custody, host, peers, log, clock, changed };
  const auxiliary = await auxiliaryService(about);

  const boards = network.open('epochs');
  const gossip = new Gossip({
    keyring,
    log,
    send: bytes => boards.send('all', bytes),
    wanted: keyId => epochs.enqueue({ namespace: '', name: keyId }),
    setBack: error => {
      fitness.unfit = `${error.message}: this store was set back; it must be repaired`;
    },
  });
  const publish = (keyId: string) => gossip.publish(keyId);
  const epochs = new Controller({
    name: 'epochs',
    log,
    clock,
    // what waits here waits for the HSM
    rateLimiter: new ExponentialFailureRateLimiter(50, 5_000),
    reconcile: progress({ keyring, signer: identity, sessions: registry, publish }),
  });
  boards.listen((from, bytes) => gossip.receive(from, bytes));
  keyring.onChange((keyId, name) => {
    if (name !== undefined) {
      if (keyring.byName(name).length > 0) revisions.touch(name);
      else {
        ceremonies.forget(keyId, name);
        revisions.remove(name);
      }
    }
    epochs.enqueue({ namespace: '', name: keyId });
    keysHeld.set(keyring.all().length);
    changed();
  });
  for (const { state } of keyring.all()) revisions.touch(state.spec.name);
  for (const id of keyring.ids()) epochs.enqueue({ namespace: '', name: id });
  keysHeld.set(keyring.all().length);

  const presence = network.open('presence');
  presence.listen((from, bytes) => void peers.hear(from, bytes));
  const introduction = await introduce(owner, identity);
  const announce = async (): Promise<void> => {
    const ready = fitness.reason === undefined;
    await presence.send('all', json({ ...introduction, incarnation, ready }));
  };
  const report = (requests: RequestService): PartyReport => {
    const impostors = peers.impostors();
    const reason =
      fitness.unreadiness ??
      (impostors.length > 0 ? `parties ${impostors.join(', ')} show other identities than the pinned ones` : undefined);
    return {
      party: owner.party,
      identity: fingerprint(identity.publicKey),
      incarnation,
      position: revisions.current,
      ready: fitness.unreadiness === undefined,
      hsm: fitness.hsm,
      acquainted: [...peers.acquainted()],
      watching: requests.watching,
      ...(reason !== undefined && { message: reason.slice(0, 1024) }),
      keys: revisions.count,
      sessions: registry.count,
      auxiliary: auxiliary.ceremony.report(),
      banned: auxiliary.bans.report(),
    };
  };
  return { peers, host, ceremonies, auxiliary, revisions, epochs, announce, report, changed: touched };
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
