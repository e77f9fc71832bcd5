/**
 * The part of a party that answers SignRequests: what it watches at the API server, and what reconciles the requests.
 */
import type { KeyReport } from '@mpc-operator/crds/control';
import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import { keyShareSets, signRequests } from '@mpc-operator/crds/resources';
import { ApiClient } from '@mpc-operator/runtime/client';
import { type Clock, systemClock } from '@mpc-operator/runtime/clock';
import { EventRecorder } from '@mpc-operator/runtime/events';
import { Informer } from '@mpc-operator/runtime/informer';
import type { Logger } from '@mpc-operator/runtime/log';
import type { Transport } from '@mpc-operator/runtime/transport';
import type { AuxiliaryService } from '../auxiliary/auxiliary-service.ts';
import type { Custody } from '../custody.ts';
import type { KeyState } from '../epochs/key-state.ts';
import type { SessionHost } from '../host/session-host.ts';
import { Children } from '../keys/children.ts';
import { isToBeDestroyed } from '../keys/key-share-set.ts';
import { requestSeconds, requestsTotal } from '../metrics.ts';
import type { Peers } from '../peers/peers.ts';
import { Presignatures } from '../presignatures/presignatures.ts';
import type { Owner } from '../protocol/identity/owner.ts';
import type { SessionRegistry } from '../protocol/session/registry.ts';
import { protocols } from '../protocol/signing/cggmp24/agreement.ts';
import type { Network } from '../transport/network.ts';
import { decide, leanIfFinished } from './decision.ts';
import { RequestReconciler } from './reconcile.ts';
import { RequestSigner } from './request-signer.ts';
import { RequestStates } from './request-state.ts';
import { signatureOf } from './sign.ts';

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
  /** What this party shows of the key of this name has changed. */
  readonly changed: (name: string) => void;
  readonly log: Logger;
}

export interface RequestService {
  /** Whether this party sees SignRequests and KeyShareSets. */
  readonly watching: boolean;
  /** Whether this party sees that the shares of this key are to be destroyed. */
  isToBeDestroyed(key: KeyState): boolean;
  /** What this party shows of a key beside what the key is. */
  shown(key: KeyState): Pick<KeyReport, 'derivations' | 'presignatures'>;
  /** Resolves when the signal has aborted and all is written. */
  readonly done: Promise<void>;
}

const EVENTS_GRACE = 2_000;
/**
 * The milliseconds after which a new number of presignatures is shown: each signature uses up a presignature, and the
 * operator need not hear of every single one at once.
 */
const COUNT_SHOWN_AFTER = 5_000;

export function startRequests(options: RequestServiceOptions, signal: AbortSignal): RequestService {
  const { owner, custody, host, peers, network, registry, api, able, changed, log } = options;
  const { workers, bans, host: ecdsaHost } = options.auxiliary;
  const { store, keyring } = custody;
  const { namespace, cluster, party: me } = owner;
  const clock = systemClock;
  const client = new ApiClient({
    ...{ transport: api, fieldManager: `mpc-party-${me}`, clock },
    rateLimit: { perSecond: 100, burst: 200 },
  });
  const events = new EventRecorder({
    ...{ client, log, reportingController: 'mpc-party' },
    reportingInstance: `${cluster}-party-${me}`,
  });
  const watched = { client, namespaces: [namespace], log };
  const requests = new Informer<SignRequest>({ ...watched, resource: signRequests, transform: leanIfFinished });
  const keys = new Informer<KeyShareSet>({ ...watched, resource: keyShareSets });

  const keyShareSet = (name: string) => keys.get({ namespace, name });
  const decided = (request: SignRequest) => {
    const { name } = request.spec.keyRef;
    const known = { cluster, keyShareSet: keyShareSet(name), key: keyring.serving(name), now: Date.now() };
    return decide(request, known);
  };
  const find = async (name: string, uid: string): Promise<SignRequest | undefined> => {
    const seen = requests.get({ namespace, name });
    // an invitation may overtake the watch
    const request = seen?.metadata.uid === uid ? seen : await client.get(signRequests, { namespace, name });
    return request?.metadata.uid === uid ? request : undefined;
  };

  const presignatures = new Presignatures({
    ...{ me, namespace, keyring, host: ecdsaHost, workers, bans, peers, able, keyShareSet, clock, log },
    channel: network.open('presign'),
    drains: registry.drains,
    busy: () => registry.some(({ protocol }) => protocol !== protocols.offline),
    changed: coalesced(COUNT_SHOWN_AFTER, clock, changed),
  });
  const children = new Children({ keyring, keyShareSet, changed, log, clock });
  const states = new RequestStates({ events, now: () => clock.date().getTime() });
  const signer = new RequestSigner({
    ...{ me, find, states, keyring, store, host, ecdsaHost, workers, presignatures, bans, peers, clock, log },
    channel: network.open('summons'),
    decide: decided,
  });
  const reconciler = new RequestReconciler({
    ...{ me, namespace, client, states, peers, signer, presignatures, bans, able, clock, log },
    generation: () => keyring.auxiliary()?.state.active ?? 0,
    read: key => requests.get(key),
    decide: decided,
    recorded: uid => signatureOf({ keyring, store }, uid),
    observe: (result, seconds) => {
      requestsTotal.inc({ result });
      requestSeconds.observe({ result }, seconds);
    },
  });

  const requestsOf = (key: string) =>
    requests
      .list(namespace)
      .filter(({ spec }) => spec.keyRef.name === key)
      .map(({ metadata: { name } }) => ({ namespace, name }));
  const keyChanged = (keyId: string, name: string): void => {
    presignatures.keyChanged(keyId, name);
    children.controller.enqueue({ namespace, name });
    // a key that becomes ready wakes the requests that wait for it
    for (const request of requestsOf(name)) reconciler.controller.enqueue(request);
  };
  presignatures.controller.for(keys);
  children.controller.for(keys);
  reconciler.controller.for(requests).watches(keys, key => requestsOf(key.metadata.name));
  keyring.onChange((id, name) => {
    if (name !== undefined) keyChanged(id, name);
    // auxiliary information serves all keys
    else for (const { state } of keyring.all()) keyChanged(state.keyId, state.spec.name);
  });

  const run = async (): Promise<void> => {
    const watching = [requests.run(signal), keys.run(signal)];
    const synced = Promise.all([requests.waitForSync(), keys.waitForSync()]);
    await Promise.race([synced, ...watching]);
    await Promise.all([reconciler, presignatures, children].map(({ controller }) => controller.run(signal)));
    await Promise.all([signer.close(), presignatures.close()]);
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
    isToBeDestroyed: key => isToBeDestroyed(key, keyShareSet(key.spec.name), cluster),
    done: run(),
  };
}

/** Calls `run` with a name so many milliseconds after the first of several calls with that name. */
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
