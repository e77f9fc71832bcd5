/**
 * Stands in for host.ts in unit tests: a process with no token. Before each operation it looks for a file of the
 * operation's name in the folder that is configured as its module, and does what the file says. Its only generation is
 * its process id.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { FrameReader, sendFrame } from '../../process-pipe.ts';
import type { Failure, Reply, Request } from '../protocol.ts';

const stream = new Socket({ fd: 3 });
let folder = '';

const failures: { readonly [order: string]: Failure } = {
  lose: { kind: 'lost', message: 'CKR_DEVICE_ERROR' },
  refuse: { kind: 'refused', code: 'CKR_GENERAL_ERROR', message: 'the HSM refused: CKR_GENERAL_ERROR' },
  pin: { kind: 'pin', pin: 'state-1', message: 'the HSM refused the PIN' },
};

const reader = new FrameReader<Request>(request => {
  if (request.op === 'connect') {
    folder = request.args.module;
    writeFileSync(join(folder, 'refused-pin'), `${request.args.refusedPin}`);
  }
  const order = orderFor(request.op);
  // like a native call that never returns: the event loop of this process stands still
  if (order === 'hang') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  if (order === 'crash') process.kill(process.pid, 'SIGSEGV');
  const failure = failures[order];
  const reply: Reply = failure
    ? { id: request.id, failure }
    : { id: request.id, result: request.op === 'generations' ? [process.pid] : undefined };
  sendFrame(stream, reply);
});

function orderFor(op: string): string {
  try {
    return readFileSync(join(folder, op), 'utf8');
  } catch {
    return '';
  }
}

stream.on('data', chunk => reader.push(chunk));
stream.on('close', () => process.exit(0));
