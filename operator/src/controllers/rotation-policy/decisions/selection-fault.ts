import type { RotationPolicy } from '@mpc-operator/crds/generated/api';
import { isLabelKey, isLabelValue, LABEL_KEY_REMEDY, LABEL_VALUE_REMEDY } from '@mpc-operator/crds/labels';

type Keys = RotationPolicy['spec']['keys'];

/**
 * Why the keys of a policy cannot be what its author meant, with the field, the value and the remedy; undefined: they
 * can. The API server refuses such a policy, but an earlier version took it.
 */
export function selectionFault({ names, selector, all }: Keys): string | undefined {
  const given = [names !== undefined, selector !== undefined, all === true].filter(Boolean).length;
  if (given !== 1) return 'spec.keys must have exactly one of names, selector and all: true';
  if (selector === undefined) return undefined;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  if (Object.keys(matchLabels).length + matchExpressions.length === 0) {
    return (
      'spec.keys.selector is empty: give matchLabels or matchExpressions, ' +
      'or take the selector out and set spec.keys.all to true for all keys of the namespace'
    );
  }
  const keys = [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)];
  const wrongKey = keys.find(key => !isLabelKey(key));
  if (wrongKey !== undefined) {
    return `spec.keys.selector has the label "${wrongKey}", which no object can have: ${LABEL_KEY_REMEDY}`;
  }
  const values = [...Object.values(matchLabels), ...matchExpressions.flatMap(expression => expression.values ?? [])];
  const wrongValue = values.find(value => !isLabelValue(value));
  if (wrongValue === undefined) return undefined;
  return `spec.keys.selector has the value "${wrongValue}", which no label can have: ${LABEL_VALUE_REMEDY}`;
}
