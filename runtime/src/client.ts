import { isConflict, isNotFound, isTooManyRequests } from './api-error.ts';
import { AppliedObjects } from './applied.ts';
import { equal, mergePatch } from './json.ts';
import { type KubernetesObject, keyOf, type ObjectKey } from './object.ts';
import { allPages, type Page } from './pager.ts';
import { type Resource, resourcePath } from './resource.ts';
import { json, type Query, RestClient, type RestOptions, withQuery } from './rest.ts';
import { decodeWatch, type WatchEvent } from './watch-stream.ts';

export interface ListOptions {
  /** The namespace to list. Empty or absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /**
   * Absent: the newest state. `0`: whatever the server's cache holds. Otherwise: a state at least as new as this
   * version.
   */
  readonly resourceVersion?: string;
  /** The number of objects after which the list ends, although more may match. Absent: all are listed. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

export interface WatchOptions extends ListOptions {
  /** Seconds after which the server ends the watch. */
  readonly timeoutSeconds: number;
  /** Milliseconds without a single byte after which the connection counts as dead. */
  readonly silence: number;
}

/** Binds a write to this very object, or to this very version of it; for any other the write fails with a conflict. */
export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface DeleteOptions extends CallOptions, Preconditions {
  readonly propagation?: 'Foreground' | 'Background' | 'Orphan';
  readonly gracePeriodSeconds?: number;
}

export interface List<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

export interface ApiClientOptions extends RestOptions {
  /** The owner of the fields that are applied: one constant name per program. */
  readonly fieldManager: string;
}

/** How often a write to a status is tried while others write it too. */
const STATUS_ATTEMPTS = 5;

/**
 * A client of the Kubernetes API: raw JSON in, raw JSON out. Every failure is an ApiError (the server refused), a
 * DeadlineExceeded, or an error of the network.
 */
export class ApiClient {
  readonly #rest: RestClient;
  readonly #fieldManager: string;
  readonly #applied = new AppliedObjects();

  constructor(options: ApiClientOptions) {
    this.#rest = new RestClient(options);
    this.#fieldManager = options.fieldManager;
  }

  /** Returns the object, or undefined if there is none. */
  async get<T extends KubernetesObject>(
    resource: Resource<T>,
    key: ObjectKey,
    options: CallOptions = {},
  ): Promise<T | undefined> {
    try {
      return await this.#rest.call<T>({ method: 'GET', path: resourcePath(resource, key), ...options }, 'idempotent');
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Returns the objects that match, all unless there is a limit, page by page where the server does that. */
  async list<T extends KubernetesObject>(resource: Resource<T>, options: ListOptions = {}): Promise<List<T>> {
    const { namespace, labelSelector, fieldSelector, resourceVersion, limit, signal } = options;
    const path = resourcePath(resource, { namespace: namespace ?? '' });
    const fetch = async (query: Query) =>
      await this.#rest.call<Page<T>>(
        { method: 'GET', path: withQuery(path, { labelSelector, fieldSelector, ...query }), ...(signal && { signal }) },
        'idempotent',
      );
    const list = await allPages(fetch, resourceVersion, limit);
    return { ...list, items: list.items.map(item => typed(resource, item)) };
  }

  /** Yields the changes from `resourceVersion` on, until the server, the network or the signal ends them. */
  async watch<T extends KubernetesObject>(
    resource: Resource<T>,
    options: WatchOptions,
  ): Promise<AsyncIterable<WatchEvent<T>>> {
    const { namespace, labelSelector, fieldSelector, resourceVersion, timeoutSeconds, silence, signal } = options;
    const query = {
      watch: true,
      allowWatchBookmarks: true,
      labelSelector,
      fieldSelector,
      resourceVersion,
      timeoutSeconds,
    };
    const path = withQuery(resourcePath(resource, { namespace: namespace ?? '' }), query);
    const body = await this.#rest.stream({ method: 'GET', path, ...(signal && { signal }) }, silence);
    return decodeWatch<T>(body);
  }

  async create<T extends KubernetesObject>(resource: Resource<T>, object: T, options: CallOptions = {}): Promise<T> {
    const path = withQuery(resourcePath(resource, { namespace: keyOf(object).namespace }), {
      fieldManager: this.#fieldManager,
    });
    return await this.#rest.call<T>({ method: 'POST', path, body: json(object), ...options }, 'refused');
  }

  /**
   * Replaces the object. If the object has a resourceVersion and somebody else was first, the call fails with a
   * conflict.
   */
  async update<T extends KubernetesObject>(resource: Resource<T>, object: T, options: CallOptions = {}): Promise<T> {
    const path = withQuery(resourcePath(resource, keyOf(object)), { fieldManager: this.#fieldManager });
    return await this.#rest.call<T>({ method: 'PUT', path, body: json(object), ...options }, 'refused');
  }

  /**
   * Applies `wish` on the server's side, by force: what `wish` says becomes so, what an earlier wish said and this one
   * does not is removed, and what others own stays. The call is skipped, and returns `live`, if `live` is still the
   * answer to the same wish.
   */
  async apply<T extends KubernetesObject>(
    resource: Resource<T>,
    wish: T,
    options: CallOptions & { readonly live?: T | undefined } = {},
  ): Promise<T> {
    return await this.#apply(resource, 'object', wish, options);
  }

  /** Like `apply`, for the status of this very object. Times of transitions alone do not count as a difference. */
  async applyStatus<T extends KubernetesObject & { readonly status?: unknown }>(
    resource: Resource<T>,
    live: T,
    status: NonNullable<T['status']>,
    options: CallOptions = {},
  ): Promise<T> {
    const { apiVersion, kind } = live;
    return await this.#sameObject(resource, live, options, resourceVersion => {
      const wish = { apiVersion, kind, metadata: { ...keyOf(live), resourceVersion }, status };
      return this.#apply(resource, 'status', wish, { ...options, live });
    });
  }

  /** Sends a JSON merge patch (RFC 7386). The call is skipped if the patch would change nothing in `live`. */
  async mergePatch<T extends KubernetesObject>(
    resource: Resource<T>,
    key: ObjectKey,
    patch: object,
    options: CallOptions & Preconditions & { readonly live?: T | undefined } = {},
  ): Promise<T> {
    return await this.#mergePatch(resource, key, patch, options);
  }

  /**
   * Sends a JSON merge patch of the status of this very object, for a status that has several writers. Null removes a
   * field. With a resourceVersion the call patches that version, or fails with a conflict.
   */
  async patchStatus<T extends KubernetesObject & { readonly status?: unknown }>(
    resource: Resource<T>,
    live: T,
    status: object,
    options: CallOptions & Pick<Preconditions, 'resourceVersion'> = {},
  ): Promise<T> {
    const write = (resourceVersion: string) =>
      this.#mergePatch(resource, keyOf(live), { status }, { ...options, live, resourceVersion }, 'status');
    if (options.resourceVersion !== undefined) return await write(options.resourceVersion);
    return await this.#sameObject(resource, live, options, write);
  }

  /** Deletes the object; returns false if there is none. A precondition that does not hold is a conflict. */
  async delete(resource: Resource<KubernetesObject>, key: ObjectKey, options: DeleteOptions = {}): Promise<boolean> {
    const { propagation, gracePeriodSeconds, signal } = options;
    const body = json({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: propagation ?? 'Background',
      gracePeriodSeconds,
      preconditions: preconditions(options),
    });
    try {
      const path = resourcePath(resource, key);
      await this.#rest.call(
        { method: 'DELETE', path, body, ...(signal && { signal }) },
        options.uid ? 'idempotent' : 'refused',
      );
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  /**
   * Asks for the eviction of this very pod. Resolves to true if the server grants it, and to false if a
   * PodDisruptionBudget does not allow it now. A pod that is gone or was made anew is an error (404, 409).
   */
  async evict(pod: ObjectKey, uid: string, options: CallOptions = {}): Promise<boolean> {
    const resource = { apiVersion: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };
    const eviction = {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: pod.name, namespace: pod.namespace },
      deleteOptions: { preconditions: { uid } },
    };
    const path = resourcePath(resource, pod, 'eviction');
    try {
      await this.#rest.call({ method: 'POST', path, body: json(eviction), ...options }, 'never');
      return true;
    } catch (error) {
      if (isTooManyRequests(error)) return false;
      throw error;
    }
  }

  /**
   * Writes to one object and to no later object of the same name. The server ignores the uid in a patch of a status,
   * but not the resourceVersion. So each try is for one version, and the next try takes the new version if it is still
   * the same object.
   */
  async #sameObject<T extends KubernetesObject>(
    resource: Resource<T>,
    live: T,
    options: CallOptions,
    write: (resourceVersion: string) => Promise<T>,
  ): Promise<T> {
    let version = live.metadata.resourceVersion ?? '';
    for (let attempt = 1; ; attempt++) {
      try {
        return await write(version);
      } catch (error) {
        if (!isConflict(error) || attempt === STATUS_ATTEMPTS) throw error;
        const current = await this.get(resource, keyOf(live), options);
        if (current?.metadata.uid !== live.metadata.uid) throw error;
        version = current?.metadata.resourceVersion ?? '';
      }
    }
  }

  async #apply<T extends KubernetesObject>(
    resource: Resource<T>,
    part: 'object' | 'status',
    wish: KubernetesObject,
    options: CallOptions & { readonly live?: T | undefined },
  ): Promise<T> {
    const { live, signal } = options;
    if (live !== undefined && this.#applied.isNoop(part, wish, live)) return live;
    const path = withQuery(resourcePath(resource, keyOf(wish), part === 'status' ? 'status' : undefined), {
      fieldManager: this.#fieldManager,
      force: true,
    });
    const body = json(wish, 'application/apply-patch+yaml');
    const answer = await this.#rest.call<T>({ method: 'PATCH', path, body, ...(signal && { signal }) }, 'idempotent');
    this.#applied.remember(part, wish, answer);
    return answer;
  }

  async #mergePatch<T extends KubernetesObject>(
    resource: Resource<T>,
    key: ObjectKey,
    patch: object,
    options: CallOptions & Preconditions & { readonly live?: T | undefined },
    subresource?: 'status',
  ): Promise<T> {
    const { live, signal } = options;
    if (live !== undefined && equal(mergePatch(live, patch), live)) return live;
    const conditional = mergePatch(patch, { metadata: preconditions(options) });
    const path = withQuery(resourcePath(resource, key, subresource), { fieldManager: this.#fieldManager });
    const body = json(conditional, 'application/merge-patch+json');
    const retry = options.resourceVersion === undefined ? 'idempotent' : 'refused';
    return await this.#rest.call<T>({ method: 'PATCH', path, body, ...(signal && { signal }) }, retry);
  }
}

/** Adds what the items of a list lack, because the list says it once for all of them. */
function typed<T extends KubernetesObject>(resource: Resource<T>, item: T): T {
  return { ...item, apiVersion: resource.apiVersion, kind: resource.kind };
}

function preconditions({ uid, resourceVersion }: Preconditions): object | undefined {
  const found = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
  return Object.keys(found).length > 0 ? found : undefined;
}
