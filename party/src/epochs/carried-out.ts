/**
 * What a party remembers of the triggers that led to its epochs: the last trigger of each source. Every policy that
 * ever asked for a refresh is a source, so without a bound the list would grow for ever.
 */
import { parseTrigger } from '@mpc-operator/crds/annotations';
import { MAX_SOURCES } from '@mpc-operator/crds/bounds';
import { canBeReported, carriedOutBy, EARLIER_SLOTS, slotOf } from '@mpc-operator/crds/carried-out';
import type { KeyReport } from '@mpc-operator/crds/control';

/** The last trigger of one source. */
export interface CarriedOut {
  readonly value: string;
  readonly epoch: number;
}

type BySource = ReadonlyMap<string, CarriedOut>;

/** What remembers triggers: the state of a key, or of auxiliary information. */
interface Remembers {
  readonly carriedOut: BySource;
}

/** The sources of which there is only one each. They are never forgotten. */
const SINGLE: ReadonlySet<string> = new Set(['keygen', 'annotation', 'first', 'parties', 'level', EARLIER_SLOTS]);

/**
 * Returns what is remembered once these triggers have led to an epoch. The result depends on its arguments alone, so
 * that a replay of the log leads to it again.
 *
 * A trigger that a report could not say is not remembered: no honest operator asks for such a trigger.
 */
export function withCarriedOut(before: BySource, triggers: readonly string[], epoch: number): BySource {
  const all = new Map(before);
  for (const { source, value } of triggers.map(parseTrigger).filter(canBeReported)) all.set(source, { value, epoch });
  return forgetOldest(all);
}

/** The triggers that were carried out, in the form in which the operator is told of them. */
export const carriedOutTriggers = ({ carriedOut }: Remembers): KeyReport['triggers'] =>
  [...carriedOut].map(([source, { value, epoch }]) => ({ source, value, epoch }));

/** The entry by which a trigger counts as carried out (crds/src/carried-out.ts); undefined: it does not. */
export const whatCarriedOut = (
  state: Remembers | undefined,
  trigger: string,
): KeyReport['triggers'][number] | undefined =>
  carriedOutBy(parseTrigger(trigger), state === undefined ? [] : carriedOutTriggers(state));

/** Forgets the sources that led to the lowest epochs. One entry stands for the slots that they had asked for. */
function forgetOldest(all: BySource): BySource {
  const oldest = [...all]
    .filter(([source]) => !SINGLE.has(source))
    .sort(([a, x], [b, y]) => y.epoch - x.epoch || (a < b ? -1 : 1))
    .slice(MAX_SOURCES - SINGLE.size);
  if (oldest.length === 0) return all;
  const forgotten = new Set(oldest.map(([source]) => source));
  const left = [...all].filter(([source]) => !forgotten.has(source) && source !== EARLIER_SLOTS);
  const last = all.get(EARLIER_SLOTS);
  const latest = latestSlot([...oldest, ...(last ? [[EARLIER_SLOTS, last] as const] : [])]);
  return new Map([...left, ...(latest ? [[EARLIER_SLOTS, latest] as const] : [])]);
}

/** The latest of these slots, with the highest epoch that any of them led to. */
function latestSlot(entries: readonly (readonly [string, CarriedOut])[]): CarriedOut | undefined {
  const slots = entries.flatMap(([source, { value, epoch }]) => {
    const time = slotOf({ source, value });
    return time === undefined ? [] : [{ time, value, epoch }];
  });
  const [latest] = slots.sort((a, b) => b.time - a.time);
  return latest && { value: latest.value, epoch: Math.max(...slots.map(({ epoch }) => epoch)) };
}
