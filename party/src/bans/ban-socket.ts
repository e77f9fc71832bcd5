/**
 * Shows whom this party has banned and for what, and lifts bans, on a socket that only its pod can reach. Until keys have administrators
 * whose signatures a party could ask for, whoever may exec into its pod decides, and for this party alone.
 */
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import type { Logger } from '@mpc-operator/runtime/log';
import type { Bans } from './bans.ts';

/** In the pod's own folder in memory. */
export const BAN_SOCKET = '/tmp/bans.sock';

export class BanSocket {
  readonly #server: Server;

  constructor(bans: Pick<Bans, 'all' | 'evidenceOf' | 'lift'>, log: Logger) {
    this.#server = createServer((request, response) => {
      answer(bans, request, response).catch((error: unknown) => {
        log.warn('a question about bans was not answered', { error });
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

/** GET / lists, GET /N shows the evidence against party N, DELETE /N lifts its ban. */
async function answer(
  bans: Pick<Bans, 'all' | 'evidenceOf' | 'lift'>,
  { method, url = '/' }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const party = Number(url.slice(1));
  const reply = (code: number, text = ''): void => void response.writeHead(code).end(text);
  if (method === 'GET' && url === '/') return reply(200, JSON.stringify(bans.all()));
  if (!Number.isInteger(party) || party < 1) return reply(400);
  if (method === 'DELETE') return reply((await bans.lift(party)) ? 200 : 404);
  const evidence = method === 'GET' ? await bans.evidenceOf(party) : undefined;
  return evidence === undefined ? reply(404) : reply(200, evidence);
}
