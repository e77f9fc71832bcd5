import { digest } from './json.ts';
import { formatKey, type KubernetesObject, keyOf } from './object.ts';

/** The number of objects that are remembered. An object that is forgotten too early costs one needless request. */
const CAPACITY = 10_000;

/**
 * Remembers what was applied, so that applying it again is skipped while nothing changed.
 *
 * The object does not tell whether a server-side apply would change it: the server fills in defaults, rewrites
 * quantities and removes fields that their manager no longer sends. So nothing is predicted. An apply is skipped when
 * the same object answered the same wish before: the digests of what is sent, and of the live object without what does
 * not matter, are equal. Any difference, such as drift or a restart of this process, costs one request that the server
 * answers without a write. This is the request cache of Cluster API's ssa package, with content in place of
 * resourceVersion.
 */
export class AppliedObjects {
  /** The wish and the answer of each object; the least recently applied object comes first. */
  readonly #applied = new Map<string, { readonly wish: string; readonly answer: string }>();
  readonly #capacity: number;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
  }

  /** Whether `wish` was applied before, and `live` is still the answer to it. */
  isNoop(part: 'object' | 'status', wish: KubernetesObject, live: KubernetesObject): boolean {
    const before = this.#applied.get(id(part, wish));
    return (
      before !== undefined && before.wish === digest(content(part, wish)) && before.answer === answerOf(part, live)
    );
  }

  remember(part: 'object' | 'status', wish: KubernetesObject, answer: KubernetesObject): void {
    const key = id(part, wish);
    this.#applied.delete(key);
    this.#applied.set(key, { wish: digest(content(part, wish)), answer: answerOf(part, answer) });
    const [oldest] = this.#applied.keys();
    if (this.#applied.size > this.#capacity && oldest !== undefined) this.#applied.delete(oldest);
  }
}

function id(part: 'object' | 'status', object: KubernetesObject): string {
  return `${part} ${object.apiVersion} ${object.kind} ${formatKey(keyOf(object))}`;
}

/** The key of an answer. The uid is part of it: an object that was deleted and made again was never applied to. */
function answerOf(part: 'object' | 'status', object: KubernetesObject): string {
  return digest([object.metadata.uid, content(part, object)]);
}

/**
 * What counts as a difference: all of the object but its status and bookkeeping; all of the status but the times of
 * transitions.
 */
function content(part: 'object' | 'status', object: KubernetesObject): unknown {
  if (part === 'status') return 'status' in object ? withoutTransitionTimes(object.status) : undefined;
  const bookkeeping = { uid: undefined, resourceVersion: undefined, generation: undefined, managedFields: undefined };
  return { ...object, status: undefined, metadata: { ...object.metadata, ...bookkeeping } };
}

function withoutTransitionTimes(status: unknown): unknown {
  return JSON.parse(
    JSON.stringify(status ?? null, (name, value) => (name === 'lastTransitionTime' ? undefined : value)),
  );
}
