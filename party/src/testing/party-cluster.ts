/**
 * Whole parties in one process, for tests: stores, sessions and protocols are real; HSM, network and API server are in
 * memory.
 */
import { randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { AuxiliaryReport, Command, KeyReport, KeySpec, PartyReport, Reply } from '@mpc-operator/crds/control';
import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import { API_VERSION } from '@mpc-operator/crds/group';
import { isFinished } from '@mpc-operator/crds/sign-request';
import { systemClock } from '@mpc-operator/runtime/clock';
import { FakeApi, failure, type Interceptor } from '@mpc-operator/runtime/testing/fake-api';
import { SilentLogger } from '@mpc-operator/runtime/testing/silent-logger';
import { FakeHsm } from '../hsm/testing/fake-hsm.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import { runParty, type Surroundings } from '../run-party.ts';
import { temporaryPath } from '../store/testing/temporary-store.ts';
import { testMachine } from '../threads/testing/machine.ts';
import type { Network } from '../transport/network.ts';
import { SessionBroker } from '../transport/session-broker.ts';

const NAMESPACE = 'ns';
const CLUSTER = 'c';
const KEYS = `/apis/${API_VERSION}/namespaces/${NAMESPACE}/keysharesets`;
const REQUESTS = `/apis/${API_VERSION}/namespaces/${NAMESPACE}/signrequests`;

type Answer = (command: Uint8Array) => Promise<Uint8Array>;

interface Node {
  readonly broker: SessionBroker;
  answer: Answer | undefined;
  report: PartyReport | undefined;
}

/** Stands in for NATS: delivers at once, to all that are connected. */
class Wire {
  readonly nodes = new Map<PartyId, Node>();
  /** Whether the wire lets a message through. */
  passes: (from: PartyId, to: PartyId, name: string) => boolean = () => true;
  /** Called with all bytes between parties, and between parties and operator. */
  overheard: (bytes: Uint8Array) => void = () => {};

  connect(me: PartyId): Network {
    const deliver = (name: string, to: PartyId, bytes: Uint8Array): void => {
      this.overheard(bytes);
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
        node.answer = async command => {
          const reply = await answer(command);
          this.overheard(reply);
          return reply;
        };
      },
      report: bytes => {
        this.overheard(bytes);
        node.report = JSON.parse(Buffer.from(bytes).toString());
      },
      close: async () => {
        if (this.nodes.get(me) === node) this.nodes.delete(me);
      },
    };
  }
}

export class PartyCluster {
  /** Returns a cluster of these parties, once they are ready. */
  static async of(t: TestContext, parties: readonly PartyId[]): Promise<PartyCluster> {
    const cluster = new PartyCluster(t);
    for (const party of parties) cluster.start(party);
    await cluster.ready(parties);
    return cluster;
  }

  readonly api = new FakeApi();
  readonly wire = new Wire();
  readonly log = new SilentLogger();
  readonly hsms = new Map<PartyId, FakeHsm>();
  /** The path of each party's store. */
  readonly paths = new Map<PartyId, string>();
  /** Intercepts the requests to the API server before the server sees them. */
  meddle: Interceptor = () => undefined;
  readonly #running = new Map<PartyId, { readonly stop: AbortController; readonly done: Promise<void> }>();
  readonly #t: TestContext;

  constructor(t: TestContext) {
    this.#t = t;
    this.api.intercept = request => this.meddle(request) ?? this.#refuseIfFinal(request);
    t.after(() => this.stopAll());
  }

  /** @param changes the surroundings that are different for this party */
  start(party: PartyId, changes: Partial<Surroundings> = {}): void {
    const path = this.paths.get(party) ?? temporaryPath(this.#t);
    this.paths.set(party, path);
    const hsm = this.hsms.get(party) ?? new FakeHsm();
    this.hsms.set(party, hsm);
    const stop = new AbortController();
    const done = runParty(
      {
        owner: { namespace: NAMESPACE, cluster: CLUSTER, party },
        storePath: path,
        httpPort: 0,
        auditSocket: `${path}.audit`,
        banSocket: `${path}.bans`,
        securityLevel: 112,
      },
      {
        hsm: Object.assign(hsm, { stop: async () => {} }),
        api: this.api,
        ecdsa: testMachine(party),
        openNetwork: onConnection => {
          setImmediate(() => onConnection(true));
          return this.wire.connect(party);
        },
        log: this.log,
        ...changes,
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

  /** Sends a command as the operator would. */
  async command(party: PartyId, command: Command): Promise<Reply> {
    const answer = this.wire.nodes.get(party)?.answer;
    if (answer === undefined) throw new Error(`party ${party} does not answer`);
    return JSON.parse(Buffer.from(await answer(Buffer.from(JSON.stringify(command)))).toString());
  }

  report(party: PartyId): PartyReport | undefined {
    return this.wire.nodes.get(party)?.report;
  }

  async ready(parties: readonly PartyId[]): Promise<void> {
    await Promise.all(parties.map(party => until(() => this.report(party)?.ready || undefined)));
  }

  async keys(party: PartyId): Promise<readonly KeyReport[]> {
    const reply = await this.command(party, { verb: 'keys', since: 0 });
    return reply.result === 'keys' ? reply.keys : [];
  }

  async key(party: PartyId, name: string): Promise<KeyReport | undefined> {
    return (await this.keys(party)).find(key => key.spec.name === name);
  }

  /** Sends the same command to all parties of a key, to each again until it accepts. */
  async commandAll(parties: readonly PartyId[], command: Command): Promise<void> {
    const accepted = async (party: PartyId) => (await this.command(party, command)).result === 'accepted' || undefined;
    await Promise.all(parties.map(party => until(() => accepted(party))));
  }

  /** Each party's report of a key, once an epoch is final and everything before it is erased. */
  async final(spec: KeySpec, epoch: number): Promise<KeyReport[]> {
    const done = async (party: PartyId) => {
      const key = await this.key(party, spec.name);
      return key && key.final >= epoch && key.erasedBelow >= epoch ? key : undefined;
    };
    return await Promise.all(spec.parties.map(party => until(() => done(party))));
  }

  /** Makes auxiliary information of these parties: final, and with nothing left of earlier generations. */
  async makeAuxiliary(parties: readonly PartyId[], number = 1): Promise<AuxiliaryReport[]> {
    const run = randomBytes(16).toString('hex');
    const trigger = number === 1 ? 'first@' : `annotation@${number}`;
    await this.commandAll(parties, { verb: 'auxiliary', level: 112, parties: [...parties], number, run, trigger });
    return await this.generation(parties, number);
  }

  /** Each party's report, once this generation is final and every earlier one is erased. */
  async generation(parties: readonly PartyId[], number: number): Promise<AuxiliaryReport[]> {
    const settled = async (party: PartyId) => {
      const reply = await this.command(party, { verb: 'report' });
      const auxiliary = reply.result === 'report' ? reply.report.auxiliary : undefined;
      return auxiliary?.final === number && auxiliary.erasedBelow === number ? auxiliary : undefined;
    };
    return await Promise.all(parties.map(party => until(() => settled(party))));
  }

  /** Makes a key with its parties, without its KeyShareSet. */
  async makeShares(spec: KeySpec): Promise<KeyReport> {
    const run = randomBytes(16).toString('hex');
    await this.commandAll(spec.parties, { verb: 'keygen', spec, number: 1, run, triggers: [] });
    const [key] = await this.final(spec, 1);
    if (key === undefined) throw new RangeError('a key without parties');
    return key;
  }

  /** Makes a key with its parties, and its KeyShareSet. */
  async makeKey(spec: KeySpec): Promise<KeyReport> {
    const key = await this.makeShares(spec);
    this.putKeyShareSet(spec);
    return key;
  }

  /** Puts the KeyShareSet that lets the parties sign with a key. */
  putKeyShareSet(spec: KeySpec, cluster = CLUSTER, changes: Partial<KeyShareSet['spec']> = {}): void {
    const { name, ...rest } = spec;
    this.api.put(KEYS, {
      apiVersion: API_VERSION,
      kind: 'KeyShareSet',
      metadata: { name, namespace: NAMESPACE },
      spec: {
        ...rest,
        clusterRef: { name: cluster },
        deletionPolicy: 'Retain',
        allowPrehashed: false,
        presignatures: { target: 0, lowWater: 0 },
        ...changes,
      },
    } satisfies KeyShareSet);
  }

  /** Deletes the KeyShareSet of a key for good, as its owner would. The operator has not let the object go yet. */
  deleteKeyShareSet(name: string): void {
    const { metadata, spec } = this.api.get(KEYS, name) as KeyShareSet;
    const deleted = { ...metadata, deletionTimestamp: new Date().toISOString() };
    this.api.put(KEYS, {
      apiVersion: API_VERSION,
      kind: 'KeyShareSet',
      metadata: deleted,
      spec: { ...spec, deletionPolicy: 'Destroy' },
    } satisfies KeyShareSet);
  }

  /** Destroys a key that its owner deletes for good. */
  async destroyKey(parties: readonly PartyId[], name: string, keyId: string): Promise<void> {
    this.deleteKeyShareSet(name);
    await this.commandAll(parties, { verb: 'destroy', keyId });
    this.removeKeyShareSet(name);
  }

  removeKeyShareSet(name: string): void {
    this.api.remove(KEYS, name);
  }

  putSignRequest(name: string, key: string, message: Uint8Array, asked: Asked = {}): void {
    const { uid, deadlineSeconds = 60, ...more } = asked;
    const object: SignRequest = {
      apiVersion: API_VERSION,
      kind: 'SignRequest',
      metadata: { name, namespace: NAMESPACE, creationTimestamp: new Date().toISOString(), ...(uid && { uid }) },
      spec: {
        keyRef: { name: key },
        message: Buffer.from(message).toString('base64'),
        deadlineSeconds,
        ttlSecondsAfterFinished: 86_400,
        ...more,
      },
    };
    this.api.put(REQUESTS, object);
  }

  removeSignRequest(name: string): void {
    this.api.remove(REQUESTS, name);
  }

  request(name: string): SignRequest | undefined {
    return this.api.get(REQUESTS, name) as SignRequest | undefined;
  }

  /** The status of a request once it is final. */
  async answer(name: string): Promise<NonNullable<SignRequest['status']>> {
    return await until(() => {
      const request = this.request(name);
      return request && isFinished(request) ? request.status : undefined;
    });
  }

  /** Refuses to change a final status, as the rule in the schema of SignRequest does. */
  #refuseIfFinal({ method, path }: Parameters<Interceptor>[0]): ReturnType<Interceptor> {
    const [, name] = method === 'PATCH' ? (/signrequests\/([^/]+)\/status/.exec(path) ?? []) : [];
    const request = name && this.request(name);
    return request && isFinished(request) ? failure(422, 'Invalid', 'status') : undefined;
  }
}

interface Asked extends Partial<Pick<SignRequest['spec'], 'deadlineSeconds' | 'digest' | 'derivationPath'>> {
  readonly uid?: string;
}

/** Looks again and again until there is something to see. The test runner ends a wait that would never end. */
export async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}
