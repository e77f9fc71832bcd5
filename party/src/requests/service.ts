/** The part of a party that answers SignRequests: the watch, and what reconciles the requests that the watch shows. */
import type { KeyReport } from '@mpc-operator/crds/control';
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import { ApiClient } from '@mpc-operator/runtime/client';
import { type Clock, systemClock } from '@mpc-operator/runtime/clock';
import { EventRecorder } from '@mpc-operator/runtime/events';
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
import { decide } from './decision.ts';
import { RequestReconciler } from './reconcile.ts';
import { RequestSigner } from './request-signer.ts';
import { RequestStates } from './request-state.ts';
import { signatureOf } from './sign.ts';
import { Watch } from './watch.ts';

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
  const watch = new Watch(client, namespace, log);
  const keyShareSet = (name: string) => watch.keyShareSet(name);
  const decided = (request: SignRequest) => {
    const { name } = request.spec.keyRef;
    const known = { cluster, keyShareSet: keyShareSet(name), key: keyring.serving(name), now: Date.now() };
    return decide(request, known);
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
    ...{ me, states, keyring, store, host, ecdsaHost, workers, presignatures, bans, peers, clock, log },
    channel: network.open('summons'),
    find: (name, uid) => watch.find(name, uid),
    decide: decided,
  });
  const reconciler = new RequestReconciler({
    ...{ me, namespace, client, states, peers, signer, presignatures, bans, able, clock, log },
    generation: () => keyring.auxiliary()?.state.active ?? 0,
    read: key => watch.requests.get(key),
    decide: decided,
    recorded: uid => signatureOf({ keyring, store }, uid),
    observe: (result, seconds) => {
      requestsTotal.inc({ result });
      requestSeconds.observe({ result }, seconds);
    },
  });

  const keyChanged = (keyId: string, name: string): void => {
    presignatures.keyChanged(keyId, name);
    children.controller.enqueue({ namespace, name });
    // a key that becomes ready wakes the requests that wait for it
    for (const request of watch.requestsOf(name)) reconciler.controller.enqueue(request);
  };
  presignatures.controller.for(watch.keyShareSets);
  children.controller.for(watch.keyShareSets);
  watch.feed(reconciler.controller);
  keyring.onChange((id, name) => {
    if (name !== undefined) keyChanged(id, name);
    // auxiliary information serves all keys
    else for (const { state } of keyring.all()) keyChanged(state.keyId, state.spec.name);
  });

  const run = async (): Promise<void> => {
    await watch.run(signal, async () => {
      await Promise.all([reconciler, presignatures, children].map(({ controller }) => controller.run(signal)));
      await Promise.all([signer.close(), presignatures.close()]);
    });
    await events.close(AbortSignal.timeout(EVENTS_GRACE));
  };
  return {
    get watching() {
      return watch.synced;
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
