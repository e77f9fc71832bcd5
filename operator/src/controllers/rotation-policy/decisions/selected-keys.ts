import type { KeyShareSet, RotationPolicy } from '@mpc-operator/crds/generated/api';

type Keys = RotationPolicy['spec']['keys'];
type Requirement = NonNullable<NonNullable<Keys['selector']>['matchExpressions']>[number];
type Labels = { readonly [key: string]: string };

/** The keys that a policy selects among those of its namespace, in the order of their names. */
export function selectedKeys(keys: Keys, among: readonly KeyShareSet[]): readonly KeyShareSet[] {
  return among
    .filter(({ metadata }) => isSelected(keys, metadata.name, metadata.labels ?? {}))
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

function isSelected({ names, selector, all = false }: Keys, name: string, labels: Labels): boolean {
  if (names !== undefined) return names.includes(name);
  return selector === undefined ? all : matches(selector, labels);
}

/** The names in a policy that no KeyShareSet has. */
export function missingNames({ names = [] }: Keys, keys: readonly KeyShareSet[]): readonly string[] {
  const existing = new Set(keys.map(key => key.metadata.name));
  return names.filter(name => !existing.has(name)).sort();
}

/**
 * Whether labels match a selector. All requirements must hold. Unlike in `metav1.LabelSelector`, an empty selector
 * matches nothing, for it may have been a longer one with a field that was spelled wrong.
 */
function matches({ matchLabels = {}, matchExpressions = [] }: NonNullable<Keys['selector']>, labels: Labels): boolean {
  return (
    Object.keys(matchLabels).length + matchExpressions.length > 0 &&
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(requirement => holds(requirement, labels))
  );
}

function holds({ key, operator, values = [] }: Requirement, labels: Labels): boolean {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}
