import { ApiClient } from '@mpc-operator/runtime/client';
import { isRecord, mergePatch } from '@mpc-operator/runtime/json';
import { controllerOf, formatKey, type KubernetesObject, keyOf, type ObjectKey } from '@mpc-operator/runtime/object';
import { type Resource, resourcePath } from '@mpc-operator/runtime/resource';
import type { HttpRequest, HttpResponse, Transport } from '@mpc-operator/runtime/transport';
import type { Cached } from '../controllers/caches.ts';

interface Target {
  readonly collection: string;
  readonly name: string;
  readonly subresource: string;
}

/**
 * An API server in memory, which does enough to run reconcilers against. Server-side apply lays what is sent over what
 * is there; caches show every write at once.
 */
export class FakeApi implements Transport {
  readonly host = 'fake';
  /** The method, collection, name and subresource of every write. */
  readonly writes: string[] = [];
  /** The path of every list, with its selectors. */
  readonly lists: string[] = [];
  /** The paths of all that was read. */
  readonly reads: string[] = [];
  /** Whether evictions are granted. */
  evictions = true;
  /** Whether a write or a list is forbidden, by its path. */
  refuses: (path: string) => boolean = () => false;
  readonly #objects = new Map<string, KubernetesObject>();
  #version = 0;

  client(): ApiClient {
    const rateLimit = { perSecond: 10_000, burst: 10_000 };
    return new ApiClient({ transport: this, fieldManager: 'test', rateLimit });
  }

  /** Puts an object there as if it had always been there. */
  put<T extends KubernetesObject>(resource: Resource<T>, object: T): T {
    this.#store(resourcePath(resource, keyOf(object)), object);
    return object;
  }

  get<T extends KubernetesObject>(resource: Resource<T>, key: ObjectKey): T | undefined {
    return this.#find<T>(resourcePath(resource, key));
  }

  remove(resource: Resource<KubernetesObject>, key: ObjectKey): void {
    this.#objects.delete(resourcePath(resource, key));
  }

  /** Removes all objects that an object which is gone controlled, as the garbage collector does. */
  collectGarbage(uid: string): void {
    for (const [id, object] of this.#objects) if (controllerOf(object)?.uid === uid) this.#objects.delete(id);
  }

  /** All objects. */
  all(): readonly KubernetesObject[] {
    return [...this.#objects.values()];
  }

  /**
   * A cache of all objects of a type, with one index.
   * @param selects whether the cache holds an object; by default it holds all
   */
  cache<T extends KubernetesObject>(
    resource: Resource<T>,
    keysOf: (object: T) => readonly ObjectKey[],
    selects: (object: T) => boolean = () => true,
  ): Cached<T> {
    const list = (namespace?: string): readonly T[] =>
      [...this.#objects.keys()]
        .flatMap(path => this.#find<T>(path) ?? [])
        .filter(object => object.kind === resource.kind && selects(object))
        .filter(object => namespace === undefined || object.metadata.namespace === namespace);
    return {
      resource,
      get: key => [this.get(resource, key)].find(object => object !== undefined && selects(object)),
      list,
      byIndex: (_, value) => list().filter(object => keysOf(object).some(key => formatKey(key) === value)),
      hasSeen: () => true,
    };
  }

  async exchange({ method, path, body }: HttpRequest): Promise<HttpResponse> {
    const target = parsePath(path);
    const content: unknown = body === undefined ? undefined : JSON.parse(body.text);
    if (method === 'GET') {
      this.reads.push(path);
      // A list has a query: the limit of its pages.
      return path.includes('?') ? this.#list(path) : this.#answer(this.#objects.get(idOf(target)));
    }
    const name = target.name || (isObject(content) ? content.metadata.name : '');
    this.writes.push([method, target.collection.split('/').at(-1), name, target.subresource].join(' ').trim());
    if (this.refuses(path)) return failure(403, 'Forbidden');
    if (method === 'DELETE') return this.#delete(idOf(target));
    if (method === 'POST') return this.#post(target, content);
    return this.#patch(target, content, body?.contentType ?? '');
  }

  #list(path: string): HttpResponse {
    this.lists.push(path);
    if (this.refuses(path)) return failure(403, 'Forbidden');
    const { pathname, searchParams } = new URL(path, 'http://fake');
    const labels = (searchParams.get('labelSelector') ?? '').split(',').filter(pair => pair !== '');
    const items = [...this.#objects]
      .filter(([id]) => id.startsWith(`${pathname}/`))
      .map(([, object]) => object)
      .filter(({ metadata }) =>
        labels.every(pair => Object.entries(metadata.labels ?? {}).some(label => label.join('=') === pair)),
      );
    return ok({ metadata: { resourceVersion: String(this.#version) }, items });
  }

  async stream(): Promise<HttpResponse> {
    throw new Error('nothing watches in these tests');
  }

  async close(): Promise<void> {}

  #post(target: Target, content: unknown): HttpResponse {
    if (target.subresource === 'eviction') return this.evictions ? ok({}) : failure(429, 'TooManyRequests');
    if (!isObject(content)) return failure(400, 'BadRequest');
    const id = `${target.collection}/${content.metadata.name}`;
    return this.#objects.has(id) ? failure(409, 'AlreadyExists') : ok(this.#store(id, content));
  }

  #patch(target: Target, content: unknown, type: string): HttpResponse {
    const id = idOf(target);
    const live = this.#objects.get(id);
    if (!isRecord(content)) return failure(400, 'BadRequest');
    const { metadata } = content;
    if (isRecord(metadata) && !isFor(metadata, live)) return failure(409, 'Conflict');
    const isMerge = type.includes('merge-patch');
    if (live === undefined && (isMerge || target.subresource !== '')) return failure(404, 'NotFound');
    const changed = isMerge
      ? mergePatch(live, content)
      : { ...live, ...content, metadata: { ...live?.metadata, ...(isRecord(metadata) ? metadata : {}) } };
    if (!isObject(changed)) return failure(400, 'BadRequest');
    const stored = this.#store(id, changed);
    const { deletionTimestamp, finalizers } = stored.metadata;
    if (deletionTimestamp !== undefined && !finalizers?.length) this.#objects.delete(id);
    return ok(stored);
  }

  #delete(id: string): HttpResponse {
    return this.#objects.delete(id) ? ok({}) : failure(404, 'NotFound');
  }

  #answer(object: KubernetesObject | undefined): HttpResponse {
    return object === undefined ? failure(404, 'NotFound') : ok(object);
  }

  #store(id: string, object: KubernetesObject): KubernetesObject {
    this.#version += 1;
    const { uid = `uid-${this.#version}`, ...metadata } = object.metadata;
    const stored = { ...object, metadata: { ...metadata, uid, resourceVersion: String(this.#version) } };
    this.#objects.set(id, stored);
    return stored;
  }

  /** Returns the object at a path. An object that was stored under the path of a type is of that type. */
  #find<T extends KubernetesObject>(path: string): T | undefined {
    return this.#objects.get(path) as T | undefined;
  }
}

function parsePath(path: string): Target {
  const [address = ''] = path.split('?');
  const parts = address.split('/').slice(1);
  // /api/v1/..., /apis/group/version/...; then namespaces/<namespace>/<plural>/<name>/<subresource>
  const namespaced = parts.indexOf('namespaces') + 2;
  const collection = `/${parts.slice(0, namespaced + 1).join('/')}`;
  const [name = '', subresource = ''] = parts.slice(namespaced + 1);
  return { collection, name, subresource };
}

/** Whether a patch is for this object, or for none. As in the real server, a version counts only for an object. */
function isFor({ uid, resourceVersion }: Record<string, unknown>, live: KubernetesObject | undefined): boolean {
  if (uid !== undefined && uid !== live?.metadata.uid) return false;
  return live === undefined || resourceVersion === undefined || resourceVersion === live.metadata.resourceVersion;
}

function idOf({ collection, name }: Target): string {
  return `${collection}/${name}`;
}

function isObject(value: unknown): value is KubernetesObject {
  return isRecord(value) && isRecord(value.metadata) && typeof value.metadata.name === 'string';
}

function ok(object: unknown): HttpResponse {
  return { status: 200, text: JSON.stringify(object) };
}

function failure(code: number, reason: string): HttpResponse {
  return { status: code, text: JSON.stringify({ kind: 'Status', code, reason, message: reason }) };
}
