import type { KeyReport, PartyReport } from '@mpc-operator/crds/control';
import { equal } from '@mpc-operator/runtime/json';
import { isRead, type KeysPage, type Unread } from './read-reports.ts';

/** What an answer changed: `counts` are numbers that change with every signature and decide nothing. */
export type Change = 'none' | 'counts' | 'keys';

type Entry = KeyReport | Unread;

/**
 * The keys of one party, kept up to date by asking for what changed since the last answer. All keys are asked for anew
 * whenever an answer cannot continue what is known: after another process, another identity, a log that went back, or a
 * key that is gone.
 */
export class PartyCache {
  #report: PartyReport | undefined;
  /** The known keys, and those that cannot be read, by name. */
  #keys = new Map<string, Entry>();
  /** The keys of an answer to a request for all keys, until its last page; undefined if no such request is open. */
  #renewed: Map<string, Entry> | undefined = new Map();
  #since = 0;
  /** The position up to which all changes are known. */
  #known = -1;
  /** The position that the party had reported when the last request was made. */
  #asked = 0;
  /** The number of keys so far whose name could not be read. */
  #nameless = 0;

  get report(): PartyReport | undefined {
    return this.#report;
  }

  /** All keys that can be read; undefined until all were seen once, and while they must be asked for anew. */
  get keys(): readonly KeyReport[] | undefined {
    return this.#entries()?.filter(isRead);
  }

  /** The keys that the party has and that cannot be read. */
  get unread(): readonly Unread[] {
    return this.#entries()?.flatMap(entry => (isRead(entry) ? [] : entry)) ?? [];
  }

  /**
   * Takes a report.
   * @returns whether the report has news for anybody but the cache itself
   */
  take(report: PartyReport): boolean {
    const before = this.#report;
    this.#report = report;
    const continues =
      before !== undefined &&
      before.identity === report.identity &&
      before.incarnation === report.incarnation &&
      before.position <= report.position;
    if (!continues) this.#askForAll();
    return before === undefined || !equal(essence(before), essence(report));
  }

  /**
   * Returns the position after which changed keys are to be asked for; undefined if everything is known. `add` takes
   * the answer.
   */
  next(): number | undefined {
    if (this.#report === undefined) return undefined;
    if (this.#renewed === undefined && this.#known >= this.#report.position) return undefined;
    this.#asked = this.#report.position;
    return this.#since;
  }

  /** Takes the answer to the request that `next` asked for. */
  add(page: KeysPage): Change {
    const target = this.#renewed ?? this.#keys;
    // a key without a name has a place of its own, so that the number of keys is right
    const unread = page.unread?.map(entry => [entry.name ?? `? ${this.#nameless++}`, entry] as const) ?? [];
    const entries: readonly (readonly [string, Entry])[] = [
      ...page.keys.map(key => [key.spec.name, key] as const),
      ...unread,
    ];
    const change = changeOf(entries, target);
    for (const [name, entry] of entries) target.set(name, entry);
    this.#since = page.position;
    if (page.more) return change;
    // The request was made when the report said `asked`, so its answer covers that position, whatever position the last
    // key has.
    this.#since = Math.max(page.position, this.#asked);
    this.#known = this.#since;
    return this.#finish() ? 'keys' : change;
  }

  #entries(): readonly Entry[] | undefined {
    return this.#renewed === undefined && this.#known >= 0 ? [...this.#keys.values()] : undefined;
  }

  #finish(): boolean {
    if (this.#renewed !== undefined) {
      const changed = !equal([...this.#keys.values()], [...this.#renewed.values()]);
      this.#keys = this.#renewed;
      this.#renewed = undefined;
      return changed;
    }
    if (this.#known === this.#report?.position && this.#keys.size !== this.#report.keys) this.#askForAll();
    return false;
  }

  #askForAll(): void {
    this.#renewed = new Map();
    this.#since = 0;
    this.#known = -1;
  }
}

function changeOf(entries: readonly (readonly [string, Entry])[], known: ReadonlyMap<string, Entry>): Change {
  const changed = entries.filter(([name, entry]) => !equal(known.get(name), entry));
  if (changed.length === 0) return 'none';
  const sameButCounts = changed.every(([name, entry]) => {
    const before = known.get(name);
    return before !== undefined && equal(withoutCounts(before), withoutCounts(entry));
  });
  return sameButCounts ? 'counts' : 'keys';
}

function withoutCounts(entry: Entry): unknown {
  if (!isRead(entry)) return entry;
  const { presignatures: _, ...rest } = entry;
  return rest;
}

/** The report without its position and its number of sessions, which change with every signature and decide nothing. */
function essence({ position: _, sessions: __, ...rest }: PartyReport): unknown {
  return rest;
}
