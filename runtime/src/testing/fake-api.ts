import { randomUUID } from 'node:crypto';
import { equal, mergePatch } from '../json.ts';
import type { KubernetesObject } from '../object.ts';
import type { HttpRequest, HttpResponse, Transport } from '../transport.ts';
import { FakeStream } from './fake-stream.ts';
import { isSelected, selectedEvent } from './field-selector.ts';

/** A change of an object, with its state before. */
interface Change {
  readonly collection: string;
  readonly type: string;
  readonly object: KubernetesObject;
  readonly before: KubernetesObject | undefined;
}

interface Watch {
  readonly collection: string;
  readonly selector: string | null;
  readonly stream: FakeStream;
}

/** Returns an answer of the test's own, an error of the network, or undefined for what the fake would do anyway. */
export type Interceptor = (request: HttpRequest) => HttpResponse | Error | FakeStream | undefined;

/**
 * An API server in memory, for unit tests: stores, versions, watches, field selectors, conflicts. It knows no schema,
 * no defaults and no field owners, and an apply merges. Behaviour that depends on those is tested against a real API
 * server.
 */
export class FakeApi implements Transport {
  readonly host = 'fake';
  /** All requests, in order. */
  readonly requests: HttpRequest[] = [];
  intercept: Interceptor = () => undefined;
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #watches: Watch[] = [];
  readonly #history: Change[] = [];
  #version = 1;

  async exchange(request: HttpRequest): Promise<HttpResponse> {
    this.requests.push(request);
    request.signal?.throwIfAborted();
    const intercepted = this.intercept(request);
    if (intercepted instanceof Error) throw intercepted;
    if (intercepted instanceof FakeStream) throw new Error('a stream is no answer to this request');
    return intercepted ?? this.#answer(request);
  }

  async stream(request: HttpRequest): Promise<HttpResponse | AsyncIterable<Uint8Array>> {
    this.requests.push(request);
    const intercepted = this.intercept(request);
    if (intercepted instanceof Error) throw intercepted;
    if (intercepted !== undefined) return intercepted;
    const stream = new FakeStream();
    const watch = { collection: pathOf(request), selector: queryOf(request, 'fieldSelector'), stream };
    this.#resume(watch, request);
    this.#watches.push(watch);
    request.signal?.addEventListener('abort', () => stream.fail(new DOMException('aborted', 'AbortError')));
    return stream;
  }

  async close(): Promise<void> {}

  /** The requests that write. */
  get writes(): readonly HttpRequest[] {
    return this.requests.filter(request => request.method !== 'GET');
  }

  /** Stores the object under the path of its collection, as a user would, and tells the watches. */
  put<T extends KubernetesObject>(collection: string, object: T): T & KubernetesObject {
    const path = `${collection}/${object.metadata.name}`;
    const before = this.#objects.get(path);
    this.#version += 1;
    const uid = object.metadata.uid ?? before?.metadata.uid ?? randomUUID();
    const generation = (before?.metadata.generation ?? 0) + (equal(spec(before), spec(object)) ? 0 : 1);
    const stored = {
      ...object,
      metadata: { ...object.metadata, uid, generation, resourceVersion: `${this.#version}` },
    };
    this.#objects.set(path, stored);
    this.#tell({ collection, type: before === undefined ? 'ADDED' : 'MODIFIED', object: stored, before });
    return stored;
  }

  /** Removes an object, as a user would. */
  remove(collection: string, name: string): void {
    const object = this.#objects.get(`${collection}/${name}`);
    if (object === undefined) throw new Error(`there is no ${collection}/${name}`);
    this.#objects.delete(`${collection}/${name}`);
    this.#version += 1;
    const { metadata } = object;
    const last = { ...object, metadata: { ...metadata, resourceVersion: `${this.#version}` } };
    this.#tell({ collection, type: 'DELETED', object: last, before: object });
  }

  get(collection: string, name: string): KubernetesObject | undefined {
    return this.#objects.get(`${collection}/${name}`);
  }

  /** Ends all watches, as a server does that goes away. */
  endWatches(): void {
    for (const { stream } of this.#watches.splice(0)) stream.end();
  }

  #answer(request: HttpRequest): HttpResponse {
    const path = pathOf(request).replace(/\/status$/, '');
    // This is not checked: in a test the sender is known.
    const body = JSON.parse(request.body?.text ?? '{}');
    switch (request.method) {
      case 'GET':
        return this.#objects.has(path)
          ? ok(this.#objects.get(path))
          : this.#list(path, queryOf(request, 'fieldSelector'));
      case 'POST':
        return this.#create(path, body);
      case 'PUT':
        return this.#write(path, body, () => body);
      case 'PATCH':
        return this.#patch(path, request, body);
      case 'DELETE':
        return this.#delete(path, body);
    }
  }

  #list(path: string, selector: string | null): HttpResponse {
    const isCollection = /^\/(api\/v1|apis\/[^/]+\/[^/]+)\/(namespaces\/[^/]+\/)?[^/]+$/.test(path);
    if (!isCollection) return failure(404, 'NotFound');
    const items = [...this.#objects]
      .filter(([key, object]) => within(path, parent(key)) && isSelected(selector, object))
      .map(([, object]) => object);
    return ok({ metadata: { resourceVersion: `${this.#version}` }, items });
  }

  #create(collection: string, object: KubernetesObject): HttpResponse {
    const exists = this.#objects.has(`${collection}/${object.metadata.name}`);
    return exists ? failure(409, 'AlreadyExists') : ok(this.put(collection, object));
  }

  #patch(path: string, request: HttpRequest, patch: KubernetesObject): HttpResponse {
    const before = this.#objects.get(path);
    const isStatus = pathOf(request).endsWith('/status');
    const isApply = request.body?.contentType === 'application/apply-patch+yaml';
    if (isApply && !isStatus && before === undefined) return ok(this.put(parent(path), patch));
    const { uid, ...metadata } = patch.metadata ?? {};
    // The real server does the same: a patch may not change the uid, and a patch of a status does not look at it.
    if (!isStatus && uid !== undefined && uid !== before?.metadata.uid) return failure(422, 'Invalid', 'metadata.uid');
    return this.#write(path, { ...patch, metadata }, object => copy(mergePatch(object, { ...patch, metadata })));
  }

  #write(path: string, asked: KubernetesObject, change: (before: KubernetesObject) => KubernetesObject): HttpResponse {
    const before = this.#objects.get(path);
    if (before === undefined) return failure(404, 'NotFound');
    const { uid = before.metadata.uid, resourceVersion = before.metadata.resourceVersion } = asked.metadata;
    if (uid !== before.metadata.uid || resourceVersion !== before.metadata.resourceVersion) {
      return failure(409, 'Conflict');
    }
    const after = change(before);
    return ok(equal(before, after) ? before : this.put(parent(path), after));
  }

  #delete(path: string, options: { readonly preconditions?: { readonly uid?: string } }): HttpResponse {
    const before = this.#objects.get(path);
    if (before === undefined) return failure(404, 'NotFound');
    const uid = options.preconditions?.uid;
    if (uid !== undefined && uid !== before.metadata.uid) return failure(409, 'Conflict');
    this.remove(parent(path), before.metadata.name);
    return ok({ kind: 'Status', status: 'Success' });
  }

  /** Sends the events since the version that the watch begins at. */
  #resume(watch: Watch, request: HttpRequest): void {
    const since = queryOf(request, 'resourceVersion');
    for (const change of this.#history) {
      const isNews = Number(change.object.metadata.resourceVersion) > Number(since || Number.POSITIVE_INFINITY);
      if (isNews) send(watch, change);
    }
  }

  #tell(change: Change): void {
    this.#history.push(change);
    for (const watch of this.#watches) send(watch, change);
  }
}

function send({ collection, selector, stream }: Watch, change: Change): void {
  const event = within(collection, change.collection) && selectedEvent(selector, change, change.before);
  if (event) stream.event(event.type, event.object);
}

/** Returns the answer of an API server that refuses a request; `field`: because of which field. */
export function failure(code: number, reason: string, field?: string): HttpResponse {
  const details = field === undefined ? {} : { causes: [{ field }] };
  const status = { kind: 'Status', status: 'Failure', code, reason, message: `${reason} (fake)`, details };
  return { status: code, text: JSON.stringify(status) };
}

/** Returns the answer of an overloaded API server: come back after so many seconds. */
export function overloaded(code: 429 | 503, retryAfter: number): HttpResponse {
  return { ...failure(code, code === 429 ? 'TooManyRequests' : 'ServiceUnavailable'), retryAfter: String(retryAfter) };
}

export function ok(body: unknown): HttpResponse {
  return { status: 200, text: JSON.stringify(body) };
}

function copy(value: unknown): KubernetesObject {
  return JSON.parse(JSON.stringify(value));
}

function spec(object: KubernetesObject | undefined): unknown {
  return object !== undefined && 'spec' in object ? object.spec : object?.kind;
}

function pathOf(request: HttpRequest): string {
  return new URL(request.path, 'http://fake').pathname;
}

function queryOf(request: HttpRequest, name: string): string | null {
  return new URL(request.path, 'http://fake').searchParams.get(name);
}

function parent(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** Whether the objects of `collection` are seen from `from`, which may be the same collection across all namespaces. */
function within(from: string, collection: string): boolean {
  return collection === from || collection.replace(/\/namespaces\/[^/]+/, '') === from;
}
