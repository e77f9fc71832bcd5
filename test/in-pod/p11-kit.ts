import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { HsmConfig } from '@mpc-operator/party/hsm/hsm';
import { makeToken, SOFTHSM_MODULE } from './softhsm.ts';

/** The path of the client module in the images of party and HSM. */
const CLIENT_MODULE = '/usr/local/lib/p11-kit-client.so';

/**
 * What the HSM sidecar runs: `p11-kit server` with SoftHSM behind it, which a test can break in every way in which it
 * may break.
 */
export class Sidecar {
  readonly config: HsmConfig;
  /** A folder for the test's own files. */
  readonly folder: string;
  readonly #socket: string;
  #server: ChildProcess | undefined;

  constructor(t: TestContext) {
    const token = makeToken(t);
    this.config = { ...token, module: CLIENT_MODULE };
    this.folder = token.folder;
    this.#socket = join(token.folder, 'socket');
    // p11-kit-client.so reads this in the HSM process.
    process.env.P11_KIT_SERVER_ADDRESS = `unix:path=${this.#socket}`;
    t.after(() => this.killAll());
  }

  /** Starts the server as the sidecar's entry point does: a stale socket would keep the server from listening. */
  async start(): Promise<void> {
    rmSync(this.#socket, { force: true });
    const args = ['server', '-f', '--name', this.#socket, '--provider', SOFTHSM_MODULE, 'pkcs11:token=party-1'];
    this.#server = spawn('p11-kit', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    // The server prints its address once it listens.
    if (this.#server.stdout) await once(this.#server.stdout, 'data');
  }

  async killServer(): Promise<void> {
    if (!this.#server || this.#server.exitCode !== null || this.#server.signalCode !== null) return;
    const exit = once(this.#server, 'exit');
    this.#server.kill('SIGKILL');
    await exit;
  }

  /** Returns the processes that serve one connection each. */
  remotes(): number[] {
    const pid = this.#server?.pid;
    if (pid === undefined || !existsSync(`/proc/${pid}`)) return [];
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  }

  killConnections(): void {
    for (const pid of this.remotes()) kill(pid);
  }

  /** Kills all processes, as when the container goes. */
  async killAll(): Promise<void> {
    const remotes = this.remotes();
    await this.killServer();
    for (const pid of remotes) kill(pid);
  }
}

/** Kills a process. A process that has ended between being listed and being killed is where it should be. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
