import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';

import type { Checks } from './health.ts';
import type { Logger } from './log.ts';
import { registry } from './metrics.ts';

export interface HttpServerOptions {
  readonly port: number;
  /** Default: all addresses. */
  readonly host?: string;
  /** Whether the process may live on. Behind /healthz. */
  readonly liveness: Checks;
  /** Whether the process can do its work. Behind /readyz. */
  readonly readiness: Checks;
  readonly log: Logger;
}

/** Serves /healthz, /readyz and /metrics. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #server: Server;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request.method === 'GET' ? (request.url ?? '') : '', response).catch((error: unknown) => {
        options.log.error('a request for health or metrics failed', { error });
        response.writeHead(500).end();
      });
    });
  }

  /** Starts to listen. Resolves to the port. */
  async listen(): Promise<number> {
    const { port, host } = this.#options;
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #answer(url: string, response: ServerResponse): Promise<void> {
    switch (new URL(url, 'http://localhost').pathname) {
      case '/healthz':
        return await probe(this.#options.liveness, response);
      case '/readyz':
        return await probe(this.#options.readiness, response);
      case '/metrics': {
        const text = await registry.metrics();
        response.writeHead(200, { 'content-type': registry.contentType }).end(text);
        return;
      }
      default:
        response.writeHead(404).end();
    }
  }
}

async function probe(checks: Checks, response: ServerResponse): Promise<void> {
  const failures = await checks.failures();
  const text = failures.map(({ name, reason }) => `${name}: ${reason}\n`).join('');
  response.writeHead(failures.length === 0 ? 200 : 503, { 'content-type': 'text/plain' }).end(text || 'ok\n');
}
