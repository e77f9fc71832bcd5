/** Whole parties in one process, for tests: real stores, sessions and protocols; HSM, network and API server are in memory. */
import type { TestContext } from 'node:test';
import type { Command, KeyReport, KeySpec, PartyReport, Reply } from '@mpc-operator/crds/control';
import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import { API_VERSION } from '@mpc-operator/crds/group';
import { systemClock } from '@mpc-operator/runtime/clock';
import { FakeApi } from '@mpc-operator/runtime/testing/fake-api';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import type { Transport } from '@mpc-operator/runtime/transport';
import { FakeHsm } from '../hsm/testing/fake-hsm.ts';
import type { Network } from '../network.ts';
import { runParty } from '../run-party.ts';
import type { PartyId } from '../session/errors.ts';
import { temporaryPath } from '../store/testing/temporary-store.ts';
import { SessionBroker } from '../transport/session-broker.ts';

const NAMESPACE = 'ns';
const CLUSTER = 'c';

type Answer = (command: Uint8Array) => Promise<Uint8Array>;

interface Node {
  readonly broker: SessionBroker;
  answer: Answer | undefined;
  report: PartyReport | undefined;
}

/** NATS without NATS: delivers at once, to all that are connected. */
class Wire {
  readonly nodes = new Map<PartyId, Node>();
  /** What the wire lets through. */
  passes: (from: PartyId, to: PartyId, name: string) => boolean = () => true;

  connect(me: PartyId): Network {
    const deliver = (name: string, to: PartyId, bytes: Uint8Array): void => {
      if (this.passes(me, to, name)) setImmediate(() => this.nodes.get(to)?.broker.receive(name, me, bytes));
    };
    const send = (name: string, to: PartyId | 'all', bytes: Uint8Array): void => {
      const others = [...this.nodes.keys()].filter(id => id !== me);
      for (const other of to === 'all' ? others : [to]) deliver(name, other, Uint8Array.from(bytes));
    };
    const node: Node = {
      broker: new SessionBroker(systemClock, send, () => {}),
      answer: undefined,
      report: undefined,
    };
    this.nodes.set(me, node);
    return {
      connected: true,
      open: name => node.broker.open(name),
      serve: answer => {
        node.answer = answer;
      },
      report: bytes => {
        node.report = JSON.parse(Buffer.from(bytes).toString());
      },
      close: async () => {
        if (this.nodes.get(me) === node) this.nodes.delete(me);
      },
    };
  }
}

export class PartyCluster {
  readonly api = new FakeApi();
  readonly wire = new Wire();
  readonly log = new SilentLogger();
  readonly hsms = new Map<PartyId, FakeHsm>();
  readonly #running = new Map<PartyId, { readonly stop: AbortController; readonly done: Promise<void> }>();
  readonly #paths = new Map<PartyId, string>();
  readonly #t: TestContext;

  constructor(t: TestContext) {
    this.#t = t;
    t.after(() => this.stopAll());
  }

  /** `api`: what this party sees of the API server. */
  start(party: PartyId, api: Transport = this.api): void {
    const path = this.#paths.get(party) ?? temporaryPath(this.#t);
    this.#paths.set(party, path);
    const hsm = this.hsms.get(party) ?? new FakeHsm();
    this.hsms.set(party, hsm);
    const stop = new AbortController();
    const done = runParty(
      {
        owner: { namespace: NAMESPACE, cluster: CLUSTER, party },
        storePath: path,
        httpPort: 0,
        auditSocket: `${path}.audit`,
      },
      {
        hsm: Object.assign(hsm, { stop: async () => {} }),
        api,
        openNetwork: onConnection => {
          setImmediate(() => onConnection(true));
          return this.wire.connect(party);
        },
        log: this.log,
      },
      stop.signal,
    );
    this.#running.set(party, { stop, done });
  }

  async stop(party: PartyId): Promise<void> {
    const running = this.#running.get(party);
    this.#running.delete(party);
    running?.stop.abort();
    await running?.done;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map(party => this.stop(party)));
  }

  /** As the operator would. */
  async command(party: PartyId, command: Command): Promise<Reply> {
    const answer = this.wire.nodes.get(party)?.answer;
    if (answer === undefined) throw new Error(`party ${party} does not answer`);
    return JSON.parse(Buffer.from(await answer(Buffer.from(JSON.stringify(command)))).toString());
  }

  report(party: PartyId): PartyReport | undefined {
    return this.wire.nodes.get(party)?.report;
  }

  async keys(party: PartyId): Promise<readonly KeyReport[]> {
    const reply = await this.command(party, { verb: 'keys', since: 0 });
    return reply.result === 'keys' ? reply.keys : [];
  }

  async key(party: PartyId, name: string): Promise<KeyReport | undefined> {
    return (await this.keys(party)).find(key => key.spec.name === name);
  }

  /** The object that lets the parties sign with a key. */
  putKeyShareSet(spec: KeySpec): void {
    const { name, ...rest } = spec;
    const object: KeyShareSet = {
      apiVersion: API_VERSION,
      kind: 'KeyShareSet',
      metadata: { name, namespace: NAMESPACE },
      spec: { ...rest, clusterRef: { name: CLUSTER }, protocol: 'frost', deletionPolicy: 'Retain' },
    };
    this.api.put(`/apis/${API_VERSION}/namespaces/${NAMESPACE}/keysharesets`, object);
  }

  putSignRequest(name: string, key: string, message: Uint8Array, deadlineSeconds = 60): void {
    const object: SignRequest = {
      apiVersion: API_VERSION,
      kind: 'SignRequest',
      metadata: { name, namespace: NAMESPACE, creationTimestamp: new Date().toISOString() },
      spec: { keyRef: { name: key }, message: Buffer.from(message).toString('base64'), deadlineSeconds },
    };
    this.api.put(this.#requests, object);
  }

  request(name: string): SignRequest | undefined {
    return this.api.get(this.#requests, name) as SignRequest | undefined;
  }

  get #requests(): string {
    return `/apis/${API_VERSION}/namespaces/${NAMESPACE}/signrequests`;
  }
}

/** Looks again and again until there is something to see. The test runner ends what never comes. */
export async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}
