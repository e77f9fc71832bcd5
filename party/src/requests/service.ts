/** The part of a party that answers SignRequests: what it watches, and who reconciles it. */
import type { KeyReport } from '@mpc-operator/crds/control';
import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import { API_VERSION } from '@mpc-operator/crds/group';
import { ApiClient } from '@mpc-operator/runtime/client';
import { type Clock, systemClock } from '@mpc-operator/runtime/clock';
import { Controller } from '@mpc-operator/runtime/controller';
import { EventRecorder } from '@mpc-operator/runtime/events';
import { Informer } from '@mpc-operator/runtime/informer';
import type { Logger } from '@mpc-operator/runtime/log';
import { ExponentialFailureRateLimiter } from '@mpc-operator/runtime/rate-limiter';
import { defineResource } from '@mpc-operator/runtime/resource';
import type { Transport } from '@mpc-operator/runtime/transport';
import type { AuxiliaryService } from '../auxiliary/auxiliary-service.ts';
import type { Custody } from '../custody.ts';
import type { KeyState } from '../epochs/key-state.ts';
import type { SessionHost } from '../host/session-host.ts';
import { Children } from '../keys/children.ts';
import { requestSeconds, requestsTotal } from '../metrics.ts';
import type { Peers } from '../peers/peers.ts';
import { Presignatures } from '../presignatures/presignatures.ts';
import type { Owner } from '../protocol/identity/owner.ts';
import type { SessionRegistry } from '../protocol/session/registry.ts';
import { protocols } from '../protocol/signing/cggmp24/agreement.ts';
import type { Network } from '../transport/network.ts';
import { isToBeDestroyed, judge, leanIfFinished } from './decision.ts';
import { Requests } from './reconcile.ts';
import { RequestSigner } from './request-signer.ts';
import { signatureOf } from './sign.ts';
import { signRequests } from './sign-requests.ts';

export interface RequestServiceOptions {
  readonly owner: Owner;
  readonly custody: Custody;
  readonly host: SessionHost;
  readonly peers: Peers;
  readonly network: Network;
  readonly registry: Pick<SessionRegistry, 'some' | 'drains'>;
  readonly auxiliary: Pick<AuxiliaryService, 'workers' | 'bans' | 'host'>;
  readonly api: Transport;
  /** Whether this party takes part in sessions. */
  readonly able: () => boolean;
  /** What is shown of the key of this name is not what it was. */
  readonly changed: (name: string) => void;
  readonly log: Logger;
}

export interface RequestService {
  /** Whether it sees SignRequests. */
  readonly watching: boolean;
  /** Whether it sees that the shares of this key are to be destroyed. */
  isToBeDestroyed(key: KeyState): boolean;
  /** What it shows of a key beside what the key is. */
  shown(key: KeyState): Pick<KeyReport, 'derivations' | 'presignatures'>;
  /** Resolves when the signal has aborted and all is written. */
  readonly done: Promise<void>;
}

const keyShareSets = defineResource<KeyShareSet>({
  apiVersion: API_VERSION,
  kind: 'KeyShareSet',
  plural: 'keysharesets',
  namespaced: true,
});

/** Requests that are looked at at once. How many sessions that leads to is another thing: see SessionLimit. */
const CONCURRENCY = 256;
/** Milliseconds: above the longest wait for a place, and session. */
const TIMEOUT = 300_000;
const EVENTS_GRACE = 2_000;
/** Each signature uses up a presignature, and the operator need not hear of every one at once. */
const COUNT_SHOWN_AFTER = 5_000;

export function startRequests(options: RequestServiceOptions, signal: AbortSignal): RequestService {
  const { owner, custody, host, peers, network, api, able, changed, log } = options;
  const { workers, bans, host: ecdsaHost } = options.auxiliary;
  const { store, keyring } = custody;
  const { namespace, cluster, party: me } = owner;
  const clock = systemClock;
  const name = `mpc-party-${me}`;
  const client = new ApiClient({
    transport: api,
    fieldManager: name,
    clock,
    rateLimit: { perSecond: 100, burst: 200 },
  });
  const events = new EventRecorder({
    client,
    reportingController: 'mpc-party',
    reportingInstance: `${cluster}-party-${me}`,
    log,
  });
  const watched = { client, namespaces: [namespace], log };
  const requests = new Informer<SignRequest>({ ...watched, resource: signRequests, transform: leanIfFinished });
  const keys = new Informer<KeyShareSet>({ ...watched, resource: keyShareSets });

  const decide = (request: SignRequest) => {
    const named = request.spec.keyRef.name;
    const key = keyring.serving(named);
    return judge(request, { cluster, keyShareSet: keys.get({ namespace, name: named }), key, now: Date.now() });
  };
  const find = async (wanted: string, uid: string): Promise<SignRequest | undefined> => {
    const seen = requests.get({ namespace, name: wanted });
    // an invitation may overtake the watch
    const request = seen?.metadata.uid === uid ? seen : await client.get(signRequests, { namespace, name: wanted });
    return request?.metadata.uid === uid ? request : undefined;
  };
  const wakeRequest = (request: string): void => controller.enqueue({ namespace, name: request });
  const keyShareSet = (key: string) => keys.get({ namespace, name: key });
  const presignatures = new Presignatures({
    ...{ me, keyring, host: ecdsaHost, workers, bans, peers, able, keyShareSet, clock, log },
    channel: network.open('presign'),
    drains: options.registry.drains,
    busy: () => options.registry.some(({ protocol }) => protocol !== protocols.offline),
    changed: key => {
      stock.enqueue({ namespace, name: key });
      countChanged(key);
    },
  });
  const countChanged = coalesced(COUNT_SHOWN_AFTER, clock, changed);
  const stock = new Controller({
    ...{ name: 'presignatures', reconcile: presignatures.reconcile, log, clock, timeout: TIMEOUT },
    rateLimiter: new ExponentialFailureRateLimiter(1_000, 60_000),
  });
  stock.for(keys);
  const children = new Children({ keyring, keyShareSet, changed });
  const derivations = new Controller({
    ...{ name: 'derivations', reconcile: children.reconcile, log, clock },
    rateLimiter: new ExponentialFailureRateLimiter(100, 5_000),
  });
  derivations.for(keys);
  const channel = network.open('summons');
  const signer = new RequestSigner({
    me,
    channel,
    find,
    judge: decide,
    log,
    keyring,
    store,
    host,
    ecdsaHost,
    workers,
    presignatures,
    bans,
    peers,
    clock,
    invited: request => desk.heard(request),
    failed: (request, error) => {
      desk.sessionFailed(request, error);
      wakeRequest(request.metadata.name);
    },
    askedAgain: request => {
      desk.askedAgain(request);
      wakeRequest(request);
    },
  });
  const desk = new Requests({
    me,
    client,
    events,
    peers,
    signer,
    presignatures,
    bans,
    able,
    generation: () => keyring.auxiliary()?.state.active ?? 0,
    wake: key => controller.enqueue(key),
    clock,
    read: key => requests.get(key),
    judge: decide,
    recorded: uid => signatureOf({ keyring, store }, uid),
    observe: (result, seconds) => {
      requestsTotal.inc({ result });
      requestSeconds.observe({ result }, seconds);
    },
  });
  const controller = new Controller({
    name: 'signrequest',
    reconcile: desk.reconcile,
    log,
    clock,
    concurrency: CONCURRENCY,
    timeout: TIMEOUT,
    // a request has a deadline: what failed is tried again soon
    rateLimiter: new ExponentialFailureRateLimiter(50, 5_000),
  });
  // a key that becomes ready wakes the requests that wait for it
  const waitingFor = (key: string) => requests.list(namespace).filter(r => r.spec.keyRef.name === key);
  const wake = (key: string): void => {
    for (const r of waitingFor(key)) wakeRequest(r.metadata.name);
  };
  controller.for(requests);
  controller.watches(keys, key => waitingFor(key.metadata.name).map(r => ({ namespace, name: r.metadata.name })));
  const keyChanged = (keyId: string, key: string): void => {
    presignatures.purge(keyId);
    wake(key);
    stock.enqueue({ namespace, name: key });
    derivations.enqueue({ namespace, name: key });
  };
  keyring.onChange((id, key) => {
    if (key !== undefined) keyChanged(id, key);
    // auxiliary information serves all keys
    else for (const { state } of keyring.all()) keyChanged(state.keyId, state.spec.name);
  });

  const run = async (): Promise<void> => {
    const watching = [requests.run(signal), keys.run(signal)];
    const synced = Promise.all([requests.waitForSync(), keys.waitForSync()]);
    await Promise.race([synced, ...watching]);
    await Promise.all([controller.run(signal), stock.run(signal), derivations.run(signal)]);
    await signer.close();
    presignatures.close();
    await Promise.all(watching);
    await events.close(AbortSignal.timeout(EVENTS_GRACE));
  };
  return {
    get watching() {
      return requests.synced && keys.synced;
    },
    shown: key => ({
      derivations: [...children.of(key)],
      ...(key.spec.purpose === 'ecdsa' && { presignatures: presignatures.count(key) }),
    }),
    isToBeDestroyed: key => isToBeDestroyed(key, keys.get({ namespace, name: key.spec.name }), cluster),
    done: run(),
  };
}

/** Calls `run` with a name so many milliseconds after the first of several calls with it. */
function coalesced(milliseconds: number, clock: Clock, run: (name: string) => void): (name: string) => void {
  const waiting = new Set<string>();
  return name => {
    if (waiting.has(name)) return;
    waiting.add(name);
    clock.after(milliseconds, () => {
      waiting.delete(name);
      run(name);
    });
  };
}
