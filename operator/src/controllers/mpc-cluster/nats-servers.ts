import { connect, type NatsConnection } from '@nats-io/transport-node';
import * as z from 'zod';
import type { Credentials } from '../../parties/bus.ts';
import { revisionOf } from './children/nats-config.ts';

/** Milliseconds to connect, and to wait for the answers of all servers. */
const CONNECT_TIMEOUT = 5_000;
const ANSWER_TIMEOUT = 1_000;

const varz = z.object({
  server: z.object({ id: z.string().regex(/^[A-Z0-9]+$/), name: z.string() }),
  data: z.object({ tags: z.array(z.string()).optional() }),
});

const reloaded = z.object({ error: z.object({ description: z.string() }).optional() });

/** The servers of one NATS cluster, and what they have loaded. */
export interface LoadedRevisions {
  /** The names of the servers that have the revision asked for. */
  readonly current: readonly string[];
  /** The names of the servers that were told to load the revision: it may not have been mounted yet. */
  readonly behind: readonly string[];
}

/** Makes every server that runs another revision reload its configuration and certificates. */
export type LoadRevision = (url: string, system: Credentials, revision: string) => Promise<LoadedRevisions>;

/** Talks to the servers over their system account. */
export const loadRevision: LoadRevision = async (url, system, revision) => {
  const { certificate: cert, privateKey: key, authority: ca } = system;
  const connection = await connect({
    servers: url,
    name: 'mpc-operator-system',
    tls: { cert, key, ca },
    timeout: CONNECT_TIMEOUT,
    reconnect: false,
  });
  try {
    const servers = await askAll(connection);
    const behind = servers.filter(server => server.revision !== revision);
    for (const { id } of behind) {
      const answer = await connection.request(`$SYS.REQ.SERVER.${id}.RELOAD`, '', { timeout: CONNECT_TIMEOUT });
      const { error } = reloaded.parse(answer.json());
      if (error !== undefined) throw new Error(`a server refuses its new configuration: ${error.description}`);
    }
    const current = servers.filter(server => server.revision === revision);
    return { current: namesOf(current), behind: namesOf(behind) };
  } finally {
    await connection.close();
  }
};

function namesOf(servers: readonly { readonly name: string }[]): readonly string[] {
  return servers.map(server => server.name).sort();
}

async function askAll(connection: NatsConnection) {
  const answers = await connection.requestMany('$SYS.REQ.SERVER.PING.VARZ', '', {
    strategy: 'timer',
    maxWait: ANSWER_TIMEOUT,
  });
  const servers: { id: string; name: string; revision: string | undefined }[] = [];
  for await (const answer of answers) {
    const { server, data } = varz.parse(answer.json());
    servers.push({ ...server, revision: revisionOf(data.tags ?? []) });
  }
  return servers;
}
