/** An HTTP proxy in front of the real API server that can do what networks and overloaded servers do. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';

/**
 * A fault that a request meets in place of being forwarded. `reset`: the connection breaks. `hang`: nothing ever comes.
 */
export type Fault =
  | 'reset'
  | 'hang'
  | { readonly status: number; readonly body?: object; readonly headers?: { readonly [name: string]: string } };

export interface Seen {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
}

export class ApiProxy {
  /** All requests, in order. */
  readonly seen: Seen[] = [];
  /** The number of connections that were made. */
  connections = 0;
  /** Returns what to do to a request; undefined: forward it. */
  fault: (request: Seen) => Fault | undefined = () => undefined;
  /** Returns the URL to ask the server for instead. */
  rewrite: (url: string) => string = url => url;
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((request, response) => this.#serve(request, response));
  #upstream: RequestOptions = {};
  #frozen = false;

  static async start(): Promise<ApiProxy> {
    const proxy = new ApiProxy();
    const config = new KubeConfig();
    config.loadFromDefault();
    const { hostname, port } = new URL(config.getCurrentCluster()?.server ?? '');
    await config.applyToHTTPSOptions(proxy.#upstream);
    proxy.#upstream = { ...proxy.#upstream, hostname, port };
    proxy.#server.on('connection', socket => {
      proxy.connections += 1;
      proxy.#sockets.add(socket);
      socket.on('close', () => proxy.#sockets.delete(socket));
    });
    await new Promise<void>(resolve => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** A kubeconfig that leads to this proxy. */
  get config(): KubeConfig {
    const { port } = this.#server.address() as AddressInfo;
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: 'proxy', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
      { name: 'anybody' },
    );
    return config;
  }

  /** Breaks all connections, in the middle of whatever they do. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Forwards nothing more to the clients that are connected now, which cannot tell this from silence. */
  freeze(): void {
    this.#frozen = true;
    for (const socket of this.#sockets) socket.removeAllListeners('data');
  }

  thaw(): void {
    this.#frozen = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise(resolve => this.#server.close(resolve));
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET', url = '/' } = request;
    const { host: _, ...headers } = request.headers;
    this.seen.push({ method, url });
    const fault = this.fault({ method, url });
    if (fault === 'reset') request.socket.resetAndDestroy();
    if (typeof fault === 'string') return;
    if (fault !== undefined) {
      response.writeHead(fault.status, { 'content-type': 'application/json', ...fault.headers });
      response.end(JSON.stringify(fault.body ?? {}));
      return;
    }
    const path = this.rewrite(url);
    const upstream = httpsRequest({ ...this.#upstream, method, path, headers });
    upstream.on('response', answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders();
      answer.on('data', chunk => {
        if (!this.#frozen) response.write(chunk);
      });
      answer.on('end', () => response.end());
      answer.on('error', () => response.destroy());
    });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    request.pipe(upstream);
  }
}
