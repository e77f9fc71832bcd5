/**
 * Makes safe primes in a separate process at the lowest priority. The process takes minutes, and can be stopped at any
 * moment.
 */
import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { FrameReader } from '../process-pipe.ts';
import { Secret } from '../protocol/secret.ts';

const PROGRAM = fileURLToPath(new URL('./safe-primes-process.ts', import.meta.url));
/** The lowest priority, as in nice(1). */
const LAST = 19;

/**
 * Makes four distinct safe primes, encoded by `primesLayout`.
 * @throws the signal's reason; Error if the process ends without having made them
 */
export async function makeSafePrimes(primeBits: number, signal: AbortSignal): Promise<Secret<Uint8Array>> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, [PROGRAM, `${primeBits}`], { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
  const stop = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', stop);
  try {
    return await new Promise<Secret<Uint8Array>>((resolve, reject) => {
      const reader = new FrameReader<Uint8Array>(primes => resolve(new Secret(primes)));
      // the pipe that the child writes to
      const pipe = child.stdio[3] as Readable;
      pipe.on('data', (chunk: Buffer) => reader.push(chunk));
      child.on('error', reject);
      child.on('close', code => reject(signal.reason ?? new Error(`the process that makes primes ended: ${code}`)));
      if (child.pid !== undefined) setPriority(child.pid, LAST);
    });
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}
