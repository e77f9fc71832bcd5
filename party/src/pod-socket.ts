/**
 * Answers questions from inside the pod: HTTP on a socket in the pod's own folder in memory, which nobody outside the
 * pod can reach.
 */
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import type { Logger } from '@mpc-operator/runtime/log';

/** Paths of the sockets, in the pod's own folder in memory. */
export const AUDIT_SOCKET = '/tmp/audit.sock';
export const BAN_SOCKET = '/tmp/bans.sock';

export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export class PodSocket {
  readonly #server: Server;

  /**
   * @param about the subject of the questions, for the log
   * @param answer an error that it throws ends only the connection of that request
   */
  constructor(about: string, answer: Answer, log: Logger) {
    this.#server = createServer((request, response) => {
      answer(request, response).catch((error: unknown) => {
        log.warn(`a question about ${about} was not answered`, { error });
        response.destroy();
      });
    });
  }

  async listen(path: string): Promise<void> {
    await rm(path, { force: true });
    await new Promise<void>((resolve, reject) => this.#server.once('error', reject).listen(path, resolve));
  }

  async close(): Promise<void> {
    await promisify(this.#server.close.bind(this.#server))();
  }
}
