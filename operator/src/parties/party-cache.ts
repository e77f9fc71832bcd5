import type { KeyReport, PartyReport } from '@mpc-operator/crds/control';
import { equal } from '@mpc-operator/runtime/json';

/** What an answer changed: `counts` are numbers that change with every signature and decide nothing. */
export type Change = 'none' | 'counts' | 'keys';

/** One answer to the command `keys`. */
export interface KeysPage {
  readonly keys: readonly KeyReport[];
  readonly position: number;
  readonly more: boolean;
}

/**
 * The keys of one party, followed by asking for what changed since the last answer. Whenever the answers cannot be a
 * continuation of what is known (another process, another identity, a log that went back, a key that is gone) all is asked for anew.
 */
export class PartyCache {
  #report: PartyReport | undefined;
  /** By name. */
  #keys = new Map<string, KeyReport>();
  /** The keys of an answer to "all", until its last page. */
  #renewed: Map<string, KeyReport> | undefined = new Map();
  #since = 0;
  /** The position up to which all is known. */
  #known = -1;
  /** The position for which a request is on its way. */
  #asked = 0;

  get report(): PartyReport | undefined {
    return this.#report;
  }

  /** All keys; undefined until they were all seen once, and while they must be asked for anew. */
  get keys(): readonly KeyReport[] | undefined {
    return this.#renewed === undefined && this.#known >= 0 ? [...this.#keys.values()] : undefined;
  }

  /** Takes a report; true if it says something that anybody but the cache itself would want to know. */
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

  /** What to ask the party for, if anything is not known: keys changed after this position. To be answered by `add`. */
  next(): number | undefined {
    if (this.#report === undefined) return undefined;
    if (this.#renewed === undefined && this.#known >= this.#report.position) return undefined;
    this.#asked = this.#report.position;
    return this.#since;
  }

  /** Takes the answer to what `next` asked for. */
  add(page: KeysPage): Change {
    const target = this.#renewed ?? this.#keys;
    const change = changeOf(page.keys, target);
    for (const key of page.keys) target.set(key.spec.name, key);
    this.#since = page.position;
    if (page.more) return change;
    // What was asked for when the report said `asked` covers it, whatever position the last key has.
    this.#since = Math.max(page.position, this.#asked);
    this.#known = this.#since;
    return this.#finish() ? 'keys' : change;
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

function changeOf(keys: readonly KeyReport[], known: ReadonlyMap<string, KeyReport>): Change {
  const changed = keys.filter(key => !equal(known.get(key.spec.name), key));
  if (changed.length === 0) return 'none';
  const sameButCounts = changed.every(key => {
    const before = known.get(key.spec.name);
    return before !== undefined && equal(withoutCounts(before), withoutCounts(key));
  });
  return sameButCounts ? 'counts' : 'keys';
}

function withoutCounts({ presignatures: _, ...rest }: KeyReport): unknown {
  return rest;
}

/** How many sessions run and how long the log is changes with every signature, and decides nothing. */
function essence({ position: _, sessions: __, ...rest }: PartyReport): unknown {
  return rest;
}
