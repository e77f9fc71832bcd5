import { isExpired } from './api-error.ts';
import type { Query } from './rest.ts';

/** One page as the server sends it. */
export interface Page<T> {
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items: readonly T[] | null;
}

const PAGE_SIZE = 500;

/** Returns all pages of a list as one list, or its first `most` objects. This is client-go's pager. */
export async function allPages<T>(
  fetch: (query: Query) => Promise<Page<T>>,
  resourceVersion: string | undefined,
  most?: number,
): Promise<{ readonly items: readonly T[]; readonly resourceVersion: string }> {
  // With a resourceVersion the answer comes from the server's cache, but with a limit as well it comes from etcd.
  const limit = resourceVersion === undefined || resourceVersion === '0' ? PAGE_SIZE : undefined;
  let page = await fetch({ resourceVersion, limit: most ?? limit });
  const items = [...(page.items ?? [])].slice(0, most);
  while (most === undefined && page.metadata.continue) {
    try {
      page = await fetch({ limit, continue: page.metadata.continue });
      items.push(...(page.items ?? []));
    } catch (error) {
      if (!isExpired(error)) throw error;
      // Reading took longer than the server remembers the version of the first page, so this takes all pages at once.
      page = await fetch({ resourceVersion });
      items.splice(0, items.length, ...(page.items ?? []));
    }
  }
  return { items, resourceVersion: page.metadata.resourceVersion ?? '' };
}
