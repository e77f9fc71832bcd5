import { isRecord } from '../json.ts';
import type { KubernetesObject } from '../object.ts';

/** An event of a watch. */
export interface SelectedEvent {
  readonly type: string;
  readonly object: KubernetesObject;
}

/** Whether an object passes a field selector such as `status.phase!=Failed`. A field that is not there is empty. */
export function isSelected(selector: string | null, object: KubernetesObject): boolean {
  return (selector ?? '')
    .split(',')
    .filter(requirement => requirement !== '')
    .every(requirement => {
      const [, path = '', operator = '', value = ''] = /^([^!=]+)(!=|==|=)(.*)$/.exec(requirement) ?? [];
      if (path === '') throw new RangeError(`no field selector: ${requirement}`);
      return (fieldOf(object, path) === value) === (operator !== '!=');
    });
}

/**
 * Returns the event that a watch with a selector sees of a change. An object that passes the selector no more is
 * deleted for this watch, as the API server does it: with the state that the watch knows, and the new version.
 */
export function selectedEvent(
  selector: string | null,
  { type, object }: SelectedEvent,
  before: KubernetesObject | undefined,
): SelectedEvent | undefined {
  const passed = before !== undefined && isSelected(selector, before);
  const passes = type !== 'DELETED' && isSelected(selector, object);
  if (passes) return { type: passed ? 'MODIFIED' : 'ADDED', object };
  if (!passed) return undefined;
  const { resourceVersion } = object.metadata;
  const known = { ...before, metadata: { ...before.metadata, ...(resourceVersion && { resourceVersion }) } };
  return { type: 'DELETED', object: type === 'DELETED' ? object : known };
}

function fieldOf(object: unknown, path: string): string {
  const value = path.split('.').reduce<unknown>((at, name) => (isRecord(at) ? at[name] : undefined), object);
  return value === undefined ? '' : String(value);
}
