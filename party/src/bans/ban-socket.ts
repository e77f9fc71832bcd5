/**
 * Shows which parties this party has banned and for what, and lifts bans, on a socket that only the pod of this party
 * can reach. Until keys have administrators whose signatures a party could ask for, anybody who may exec into the pod
 * decides, and for this party alone.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@mpc-operator/runtime/log';
import { PodSocket } from '../pod-socket.ts';
import type { Bans } from './bans.ts';

type BansShown = Pick<Bans, 'all' | 'evidenceOf' | 'lift'>;

export const banSocket = (bans: BansShown, log: Logger): PodSocket =>
  new PodSocket('bans', (request, response) => answer(bans, request, response), log);

/** GET / lists the bans, GET /N shows the evidence against party N, DELETE /N lifts the ban of party N. */
async function answer(
  bans: BansShown,
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
