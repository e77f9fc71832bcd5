import { parseApiError } from './api-error.ts';
import { isRecord } from './json.ts';
import { isKubernetesObject, type KubernetesObject } from './object.ts';

export type WatchEvent<T extends KubernetesObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  /** Nothing that matches happened up to this resourceVersion. */
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

/** The longest event, in characters. A longer one is no Kubernetes object: etcd takes 1.5 MiB, the API server 3 MiB. */
const MAX_EVENT = 16 * 1024 * 1024;

/** Reads the newline-delimited JSON of a watch. An ERROR event is thrown as ApiError. */
export async function* decodeWatch<T extends KubernetesObject>(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<WatchEvent<T>, void, void> {
  for await (const line of lines(chunks)) {
    yield decodeEvent<T>(line);
  }
}

async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > MAX_EVENT) throw new Error(`a watch event is longer than ${MAX_EVENT} characters`);
    for (const line of parts) if (line.trim() !== '') yield line;
  }
  // The rest was cut off in the middle of an event, which will come again after the reconnect.
}

function decodeEvent<T extends KubernetesObject>(line: string): WatchEvent<T> {
  const event: unknown = JSON.parse(line);
  if (!isRecord(event)) throw new Error('a watch sent something that is no event');
  const { type, object } = event;
  if (type === 'ERROR') throw parseApiError(500, JSON.stringify(object));
  if (!isKubernetesObject<T>(object)) throw new Error('a watch sent an event without an object');
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object };
    case 'BOOKMARK':
      return { type, resourceVersion: object.metadata.resourceVersion ?? '' };
    default:
      throw new Error(`a watch sent an event of the unknown type ${String(type)}`);
  }
}
