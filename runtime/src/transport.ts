import { createHash } from 'node:crypto';
import type { RequestOptions as HttpsOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { type Clock, systemClock } from './clock.ts';
import { withDeadline } from './deadline.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  readonly body?: { readonly contentType: string; readonly text: string };
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** The Retry-After header. */
  readonly retryAfter?: string;
  readonly text: string;
}

/** HTTP to one API server, authenticated. Throws on network errors only: every status is an answer. */
export interface Transport {
  /** Host and port of the server, which are a label of metrics. */
  readonly host: string;
  /** Sends a request and reads the whole answer within `timeout` milliseconds. */
  exchange(request: HttpRequest, timeout: number): Promise<HttpResponse>;
  /**
   * Sends a request and hands out its body as it comes, if the answer is 200; otherwise returns the whole answer. The
   * stream fails after `silence` milliseconds without any data.
   */
  stream(request: HttpRequest, silence: number): Promise<HttpResponse | AsyncIterable<Uint8Array>>;
  close(): Promise<void>;
}

/**
 * Milliseconds for which credentials are used before kubeconfig, CA, certificate and token files are looked at again.
 */
const CREDENTIALS_TTL = 10_000;
/** Milliseconds that a watch may take to begin: the server answers at once, whether there are events or not. */
const HEADERS_TIMEOUT = 30_000;
/**
 * The number of sockets for requests. Watches have their own, without a limit: each watch holds a socket for as long as
 * it lives.
 */
const MAX_SOCKETS = 32;

interface Connection {
  readonly headers: Readonly<Record<string, string>>;
  readonly requests: Dispatcher;
  readonly watches: Dispatcher;
  /** A digest of the TLS material; never the material itself. */
  readonly digest: string;
}

/**
 * The transport that a kubeconfig or the pod's ServiceAccount describes. Client-node finds and refreshes the
 * credentials. The connections are pooled here, since client-node opens a new one for every request.
 */
export class KubeConfigTransport implements Transport {
  readonly host: string;
  readonly #config: KubeConfig;
  readonly #server: URL;
  readonly #userAgent: string;
  readonly #clock: Clock;
  #current: Connection | undefined;
  #reading: Promise<Connection> | undefined;
  #closed = false;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(config: KubeConfig, options: { readonly userAgent: string; readonly clock?: Clock }) {
    const cluster = config.getCurrentCluster();
    if (cluster === null) {
      throw new Error('no Kubernetes cluster is configured: set KUBECONFIG, or run in a pod with a ServiceAccount');
    }
    this.#config = config;
    this.#server = new URL(cluster.server);
    this.host = this.#server.host;
    this.#userAgent = options.userAgent;
    this.#clock = options.clock ?? systemClock;
  }

  /** Makes the transport from KUBECONFIG, ~/.kube/config or the ServiceAccount of the pod, in this order. */
  static fromDefault(options: { readonly userAgent: string; readonly clock?: Clock }): KubeConfigTransport {
    const config = new KubeConfig();
    config.loadFromDefault();
    return new KubeConfigTransport(config, options);
  }

  async exchange(request: HttpRequest, timeout: number): Promise<HttpResponse> {
    return await withDeadline(this.#clock, timeout, request.signal, async signal => {
      const { requests, headers } = await this.#connect();
      return await whole(await requests.request({ ...this.#options(request, headers), signal }), () => this.#stale());
    });
  }

  async stream(request: HttpRequest, silence: number): Promise<HttpResponse | AsyncIterable<Uint8Array>> {
    const { watches, headers } = await this.#connect();
    const response = await watches.request({
      ...this.#options(request, headers),
      ...(request.signal ? { signal: request.signal } : {}),
      headersTimeout: Math.min(silence, HEADERS_TIMEOUT),
      bodyTimeout: silence,
    });
    return response.statusCode === 200 ? response.body : await whole(response, () => this.#stale());
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#reading?.catch(() => undefined);
    await Promise.all([this.#current?.requests.destroy(), this.#current?.watches.destroy()]);
  }

  #options(request: HttpRequest, headers: Readonly<Record<string, string>>): Dispatcher.RequestOptions {
    const { method, body } = request;
    return {
      origin: this.#server.origin,
      path: `${this.#server.pathname.replace(/\/$/, '')}${request.path}`,
      method,
      headers: body ? { ...headers, 'content-type': body.contentType } : headers,
      body: body?.text ?? null,
    };
  }

  /** Makes the next request look at the credentials again. */
  #stale(): void {
    this.#readAt = Number.NEGATIVE_INFINITY;
  }

  async #connect(): Promise<Connection> {
    if (this.#closed) throw new Error('the transport is closed');
    if (this.#current === undefined || this.#clock.now() - this.#readAt > CREDENTIALS_TTL) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = undefined;
      });
      return await this.#reading;
    }
    return this.#current;
  }

  /**
   * Reads the credentials. New TLS material means new pools; requests that run on the old pools end there by
   * themselves.
   */
  async #read(): Promise<Connection> {
    const options: HttpsOptions = { headers: {} };
    try {
      await this.#config.applyToHTTPSOptions(options);
    } catch (error) {
      // Files that are being replaced come back; until then the present credentials are as good as they were.
      if (this.#current === undefined) throw error;
      return this.#current;
    }
    this.#readAt = this.#clock.now();
    const headers = {
      accept: 'application/json',
      'user-agent': this.#userAgent,
      ...Object.fromEntries(Object.entries(options.headers ?? {}).map(([name, value]) => [name, String(value)])),
      ...(options.auth ? { authorization: `Basic ${Buffer.from(options.auth).toString('base64')}` } : {}),
    };
    const tls = tlsOptions(options);
    const digest = createHash('sha256').update(JSON.stringify(tls)).digest('hex');
    if (this.#current?.digest === digest) {
      this.#current = { ...this.#current, headers };
      return this.#current;
    }
    void this.#current?.requests.close();
    void this.#current?.watches.close();
    this.#current = { headers, digest, requests: this.#pool(tls, MAX_SOCKETS), watches: this.#pool(tls, null) };
    return this.#current;
  }

  #pool(tls: TlsOptions, connections: number | null): Dispatcher {
    const proxy = this.#config.getCurrentCluster()?.proxyUrl;
    const keepAliveTimeout = 30_000;
    // HTTP/1.1, because a watch whose connection died silently must not hold up requests that share it.
    const connect = { ...tls, allowH2: false, keepAlive: true, keepAliveInitialDelay: 30_000 };
    return proxy === undefined
      ? new Agent({ connect, connections, keepAliveTimeout, allowH2: false })
      : new ProxyAgent({ uri: proxy, requestTls: tls, connections, keepAliveTimeout, allowH2: false });
  }
}

interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

function tlsOptions(from: HttpsOptions): TlsOptions {
  const { rejectUnauthorized } = from;
  const text = Object.entries({
    ca: from.ca,
    cert: from.cert,
    key: from.key,
    passphrase: from.passphrase,
    servername: from.servername,
  }).flatMap(([name, value]) => (value === undefined || value === null ? [] : [[name, value.toString()]]));
  return { ...Object.fromEntries(text), ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }) };
}

async function whole(response: Dispatcher.ResponseData, unauthorized: () => void): Promise<HttpResponse> {
  if (response.statusCode === 401) unauthorized();
  const header = response.headers['retry-after'];
  const retryAfter = Array.isArray(header) ? header[0] : header;
  return {
    status: response.statusCode,
    ...(retryAfter !== undefined ? { retryAfter } : {}),
    text: await response.body.text(),
  };
}
