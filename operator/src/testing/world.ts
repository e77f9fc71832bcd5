/** A world for a reconciler: an API server, caches of it, parties that answer, and a clock. */
import type { Command, PartyReport, Reply } from '@mpc-operator/crds/control';
import { keyShareSets, mpcClusters, rotationPolicies, signRequests } from '@mpc-operator/crds/resources';
import { subjects } from '@mpc-operator/crds/subjects';
import type { ReconcileContext } from '@mpc-operator/runtime/controller';
import { EventRecorder } from '@mpc-operator/runtime/events';
import { createLogger } from '@mpc-operator/runtime/log';
import type { KubernetesObject } from '@mpc-operator/runtime/object';
import {
  NetworkPolicy,
  PersistentVolumeClaim,
  Pod,
  PodDisruptionBudget,
  type Resource,
  Role,
  RoleBinding,
  Service,
  ServiceAccount,
  StatefulSet,
} from '@mpc-operator/runtime/resource';
import { FakeClock, settle } from '@mpc-operator/runtime/testing/fake-clock';
import type { Caches } from '../controllers/caches.ts';
import { clusterOfChild, clusterOfKey, keyOfUnfinished } from '../informers.ts';
import { Connections } from '../parties/connections.ts';
import type { PartyViews } from '../parties/view.ts';
import { FakeApi } from './fake-api.ts';
import { FakeBus } from './fake-bus.ts';

export function createWorld(now: Date) {
  const api = new FakeApi();
  const client = api.client();
  const clock = new FakeClock(now);
  const log = createLogger({ name: 'test', level: 'error' });
  const parties = new FakeParties();
  const connections = new Connections(options => parties.open(options), log, clock);
  const notes: string[] = [];
  const recorder = new EventRecorder({ client, reportingController: 'test', reportingInstance: 'test', log, clock });
  recorder.event = (regarding, { type, reason, note }) =>
    notes.push(`${regarding.metadata.name}: ${type} ${reason} ${note}`);
  const context: ReconcileContext = { signal: new AbortController().signal, log, reconcileID: 'test' };
  return { api, client, clock, parties, connections, notes, events: recorder, caches: cachesOf(api), context };
}

/** The parties at the other end of NATS: each reports what the test says it holds, and takes commands. */
export class FakeParties {
  readonly commands: { readonly party: number; readonly command: Command }[] = [];
  /** The answer of a party to a command; the default is that it accepts. */
  answer: (party: number, command: Command) => Reply | undefined = () => ({ result: 'accepted' });
  #views: PartyViews = new Map();
  readonly #buses: FakeBus[] = [];

  open(options: FakeBus['options']): FakeBus {
    const bus = new FakeBus(options, (subject, payload) => this.#reply(subject, JSON.parse(payload)));
    this.#buses.push(bus);
    return bus;
  }

  /** Makes every party report what these views show. Parties without a report stay silent. */
  async report(views: PartyViews): Promise<void> {
    this.#views = views;
    for (const { id, report } of views.values()) {
      // The position differs from the one before, so that the operator asks for the keys again.
      const position = (this.#positions.get(id) ?? 0) + 1;
      this.#positions.set(id, position);
      if (report !== undefined) this.#publish({ ...report, position });
    }
    await settle();
    await settle();
  }

  readonly #positions = new Map<number, number>();

  #publish(report: PartyReport): void {
    for (const bus of this.#buses.filter(bus => !bus.closed)) bus.publish(subjects.report(report.party), report);
  }

  #reply(subject: string, command: Command): string | undefined {
    const party = Number(subject.split('.').at(-1));
    const view = this.#views.get(party);
    if (view?.report === undefined) return undefined;
    if (command.verb === 'keys') {
      const keys = [...(view.keys ?? [])];
      return JSON.stringify({ result: 'keys', keys, position: this.#positions.get(party), more: false });
    }
    this.commands.push({ party, command });
    const answer = this.answer(party, command);
    return answer && JSON.stringify(answer);
  }
}

function cachesOf(api: FakeApi): Caches {
  const child = <T extends KubernetesObject>(resource: Resource<T>) =>
    api.cache(resource, clusterOfChild, object => clusterOfChild(object).length > 0);
  return {
    clusters: api.cache(mpcClusters, () => []),
    keys: api.cache(keyShareSets, clusterOfKey),
    requests: api.cache(signRequests, keyOfUnfinished),
    policies: api.cache(rotationPolicies, () => []),
    statefulSets: child(StatefulSet),
    pods: child(Pod),
    claims: child(PersistentVolumeClaim),
    services: child(Service),
    serviceAccounts: child(ServiceAccount),
    roles: child(Role),
    roleBindings: child(RoleBinding),
    budgets: child(PodDisruptionBudget),
    networkPolicies: child(NetworkPolicy),
  };
}
