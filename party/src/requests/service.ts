/** The part of a party that answers SignRequests: what it watches, and who reconciles it. */
import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import { API_VERSION } from '@mpc-operator/crds/group';
import { ApiClient } from '@mpc-operator/runtime/client';
import { systemClock } from '@mpc-operator/runtime/clock';
import { Controller } from '@mpc-operator/runtime/controller';
import { EventRecorder } from '@mpc-operator/runtime/events';
import { Informer } from '@mpc-operator/runtime/informer';
import type { Logger } from '@mpc-operator/runtime/log';
import { ExponentialFailureRateLimiter } from '@mpc-operator/runtime/rate-limiter';
import { defineResource } from '@mpc-operator/runtime/resource';
import type { Transport } from '@mpc-operator/runtime/transport';
import type { Custody } from '../custody.ts';
import type { KeyState } from '../epochs/key-state.ts';
import type { SessionHost } from '../host/session-host.ts';
import { requestSeconds, requestsTotal } from '../metrics.ts';
import type { Network } from '../network.ts';
import type { Peers } from '../peers/peers.ts';
import type { Owner } from '../store/secret-name.ts';
import { Requests, signRequests } from './reconcile.ts';
import { RequestSigner } from './request-signer.ts';
import { signatureOf } from './signing-session.ts';
import { isToBeDestroyed, judge, leanIfFinished } from './verdict.ts';

export interface RequestServiceOptions {
  readonly owner: Owner;
  readonly custody: Custody;
  readonly host: SessionHost;
  readonly peers: Peers;
  readonly network: Network;
  readonly api: Transport;
  /** Whether this party takes part in sessions. */
  readonly able: () => boolean;
  readonly log: Logger;
}

export interface RequestService {
  /** Whether it sees SignRequests. */
  readonly watching: boolean;
  /** Whether it sees that the shares of this key are to be destroyed. */
  isToBeDestroyed(key: KeyState): boolean;
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

export function startRequests(options: RequestServiceOptions, signal: AbortSignal): RequestService {
  const { owner, custody, host, peers, network, api, able, log } = options;
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
    const key = keyring.byName(named).find(({ state }) => state.final > 0)?.state;
    return judge(request, { cluster, keyShareSet: keys.get({ namespace, name: named }), key, now: Date.now() });
  };
  const find = async (wanted: string, uid: string): Promise<SignRequest | undefined> => {
    const seen = requests.get({ namespace, name: wanted });
    // an invitation may overtake the watch
    const request = seen?.metadata.uid === uid ? seen : await client.get(signRequests, { namespace, name: wanted });
    return request?.metadata.uid === uid ? request : undefined;
  };
  const wakeRequest = (request: string): void => controller.enqueue({ namespace, name: request });
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
    able,
    clock,
    read: key => requests.get(key),
    judge: decide,
    recorded: uid => signatureOf({ keyring, store, host }, uid),
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
  keyring.onChange((_, key) => {
    if (key !== undefined) wake(key);
  });

  const run = async (): Promise<void> => {
    const watching = [requests.run(signal), keys.run(signal)];
    const synced = Promise.all([requests.waitForSync(), keys.waitForSync()]);
    await Promise.race([synced, ...watching]);
    await controller.run(signal);
    signer.close();
    await Promise.all(watching);
    await events.close(AbortSignal.timeout(EVENTS_GRACE));
  };
  return {
    get watching() {
      return requests.synced && keys.synced;
    },
    isToBeDestroyed: key => isToBeDestroyed(key, keys.get({ namespace, name: key.spec.name }), cluster),
    done: run(),
  };
}
