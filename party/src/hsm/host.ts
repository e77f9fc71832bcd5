/**
 * The HSM process: answers the party's calls on file descriptor 3, one at a time, with the token. It ends when the
 * party's end of that descriptor is closed, so it never outlives the party. It prints nothing.
 */
import { Socket } from 'node:net';
import { FrameReader, sendFrame } from '../process-pipe.ts';
import type { Failure, Operation, Operations, Reply, Request } from './protocol.ts';
import { Token } from './token.ts';
import { Lost, PinRefused, Refused } from './token-errors.ts';

let token: Token | undefined;

function run(request: Request): Operations[Operation]['result'] {
  if (request.op === 'connect') {
    const { refusedPin, ...config } = request.args;
    token = Token.connect(config, refusedPin);
    return undefined;
  }
  if (!token) throw new Lost('not connected');
  switch (request.op) {
    case 'generations':
      return token.generations();
    case 'create':
      token.create(request.args.generation);
      return undefined;
    case 'destroy':
      token.destroy(request.args.generation);
      return undefined;
    case 'seal': {
      const { generation, plaintext, aad } = request.args;
      try {
        return token.seal(generation, plaintext, aad);
      } finally {
        plaintext.fill(0);
      }
    }
    case 'open':
      return token.open(request.args.sealed, request.args.aad);
    case 'random':
      return token.random(request.args.length);
  }
}

function answer(request: Request): Reply {
  try {
    return { id: request.id, result: run(request) };
  } catch (error) {
    return { id: request.id, failure: failureOf(error) };
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof Refused) return { kind: 'refused', code: error.code, message: error.message };
  if (error instanceof PinRefused) return { kind: 'pin', pin: error.pin, message: error.message };
  return { kind: 'lost', message: Lost.because(error).message };
}

const stream = new Socket({ fd: 3 });
const reader = new FrameReader<Request>(request => {
  const reply = answer(request);
  sendFrame(stream, reply);
  if (reply.failure === undefined && reply.result instanceof Uint8Array) reply.result.fill(0);
});
stream.on('data', chunk => reader.push(chunk));
stream.on('error', () => stream.destroy());
stream.on('close', () => {
  token?.close();
  process.exit(0);
});

// The signals of a terminal or a container reach all processes of a group. This process ignores them: it ends after the
// party, which may still need it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
