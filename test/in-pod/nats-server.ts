import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Peer, peerUri } from '@mpc-operator/crds/names';
import { tlsFiles } from '@mpc-operator/crds/party-env';
import { NATS_DIRECTORY, natsConfig } from '@mpc-operator/operator/controllers/mpc-cluster/children/nats-config';
import { createAuthority, issue, type KeyPair } from '@mpc-operator/operator/pki/authority';
import { mpcCluster } from '@mpc-operator/operator/testing/objects';
import { partyNatsConfig } from '@mpc-operator/party/transport/nats-network';
import type { NatsConfig } from '@mpc-operator/runtime/nats-client';

/** The cluster of three parties that the server is configured for. */
const cluster = mpcCluster();
const uriOf = (peer: Peer): string => peerUri(cluster.metadata.namespace ?? '', cluster.metadata.name, peer);

/** A NATS server for a cluster of three parties, configured by the operator's own code, on a port of this machine. */
export class NatsServer {
  readonly #port: number;
  readonly #folder: string;
  readonly #authority: KeyPair;
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string, authority: KeyPair) {
    this.#port = port;
    this.#folder = folder;
    this.#authority = authority;
  }

  /** Prepares a server without starting it. The server goes with the test. */
  static async prepare(t: Pick<TestContext, 'after'>): Promise<NatsServer> {
    const folder = mkdtempSync(join(tmpdir(), 'nats-'));
    const server = new NatsServer(await freePort(), folder, await createAuthority('test', new Date()));
    await server.#configure();
    t.after(async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    });
    return server;
  }

  async start(): Promise<void> {
    const server = spawn('nats-server', ['-c', join(this.#folder, 'nats.json')]);
    this.#process = server;
    const ready = Promise.withResolvers<void>();
    let log = '';
    server.stderr.on('data', chunk => {
      log += chunk;
      if (log.includes('Server is ready')) ready.resolve();
    });
    server.on('exit', () => ready.reject(new Error(`nats-server ended: ${log}`)));
    await ready.promise;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const server = this.#process;
    this.#process = undefined;
    if (!server || server.exitCode !== null) return;
    const gone = once(server, 'exit');
    server.kill(signal);
    await gone;
  }

  /**
   * Returns what a peer needs to connect, with a fresh certificate of `authority`, or of the authority that the server
   * trusts.
   */
  async credentials(peer: Peer, authority = this.#authority): Promise<NatsConfig> {
    const name = typeof peer === 'string' ? peer : `party-${peer.party}`;
    const tlsDirectory = await this.#certify(name, uriOf(peer), [], authority);
    return { ...partyNatsConfig(0, `localhost:${this.#port}`, tlsDirectory), name };
  }

  async #configure(): Promise<void> {
    const directory = await this.#certify('nats', uriOf('nats'), ['localhost'], this.#authority);
    const { text } = natsConfig(cluster, '');
    // the first line of the configuration names the server by a variable, the rest is JSON without its braces
    const json = text.slice(text.indexOf('\n')).replaceAll(NATS_DIRECTORY, directory);
    // this server has no others to find, and uses this machine's ports
    const { cluster: _, http: __, ...alone } = JSON.parse(`{${json}}`);
    writeFileSync(join(this.#folder, 'nats.json'), JSON.stringify({ ...alone, host: '127.0.0.1', port: this.#port }));
  }

  async #certify(name: string, uri: string, dnsNames: readonly string[], authority: KeyPair): Promise<string> {
    const directory = join(this.#folder, name);
    const { certificate, privateKey } = await issue(authority, { commonName: name, uri, dnsNames }, new Date());
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, tlsFiles.certificate), certificate);
    writeFileSync(join(directory, tlsFiles.privateKey), privateKey);
    writeFileSync(join(directory, tlsFiles.authority), this.#authority.certificate);
    return directory;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
