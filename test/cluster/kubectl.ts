/** Calls kubectl as a user would. The environment says which cluster: see hack/in-cluster-net.sh. */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** The standard input. If it is a promise, the program waits for it. */
  readonly input?: string | Uint8Array | Promise<string>;
  /** Whether the command may fail; otherwise a failing command throws. */
  readonly mayFail?: boolean;
}

/** Runs a program to its end. @throws Error with its standard error, if it fails */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Output> {
  const { code, stdout, stderr } = await start(program, args, options);
  return { code, stdout: stdout.toString(), stderr };
}

/** Like `run`, for a program that writes no text. */
export async function runBytes(program: string, args: readonly string[]): Promise<Buffer> {
  return (await start(program, args, {})).stdout;
}

async function start(program: string, args: readonly string[], options: RunOptions) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (b: Buffer) => stdout.push(b));
  child.stderr.on('data', (b: Buffer) => stderr.push(b));
  child.stdin.on('error', () => {}); // the program may end before it has read everything
  void Promise.resolve(options.input).then(input => child.stdin.end(input));
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', status => resolve(status ?? 1));
  });
  const output = { code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
  if (code !== 0 && !options.mayFail) {
    throw new Error(`${program} ${args.join(' ')}: ${output.stderr || output.stdout.toString()}`);
  }
  return output;
}

export const kubectl = (args: readonly string[], options?: RunOptions): Promise<Output> =>
  run('kubectl', args, options);

/** Returns the object, or undefined if there is none. */
export async function get<T>(namespace: string, kind: string, name: string): Promise<T | undefined> {
  const { stdout } = await kubectl(['-n', namespace, 'get', kind, name, '--ignore-not-found', '-o', 'json']);
  return stdout === '' ? undefined : (JSON.parse(stdout) as T);
}

export async function list<T>(namespace: string, kind: string, ...args: string[]): Promise<T[]> {
  const { stdout } = await kubectl(['-n', namespace, 'get', kind, ...args, '-o', 'json']);
  return (JSON.parse(stdout) as { items: T[] }).items;
}

/** Applies objects, as `kubectl apply -f -` does. */
export const apply = (namespace: string, ...objects: object[]): Promise<Output> =>
  kubectl(['-n', namespace, 'apply', '-f', '-'], { input: objects.map(o => JSON.stringify(o)).join('\n') });

/**
 * Waits until `look` gives something other than undefined.
 * @throws Error that names what was waited for and the last thing seen, after `seconds`
 */
export async function until<T>(what: string, seconds: number, look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      last = error;
    }
    await sleep(250);
  }
  throw new Error(`${what}: not within ${seconds} s${last === undefined ? '' : `; last: ${String(last)}`}`);
}
