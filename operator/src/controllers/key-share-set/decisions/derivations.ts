import type { KeyReport } from '@mpc-operator/crds/control';
import type { KeyShareSet, KeyShareSetStatus } from '@mpc-operator/crds/generated/api';
import { equal } from '@mpc-operator/runtime/json';
import type { Member } from './holding.ts';

type Child = NonNullable<KeyReport['derivations']>[number];
type Derivations = NonNullable<KeyShareSetStatus['derivations']>;

/**
 * Returns the children that the KeyShareSet asks for. A child is shown as at least the threshold of parties show it, so
 * that one of them must be honest; if parties agree on several versions, the version of the party with the lowest
 * number counts. Addresses may differ while parties run two versions of the software, and a party that lies shows what
 * it likes: neither is about the key itself. A child that too few parties show now stays as it was.
 */
export function shownDerivations({ spec, status }: KeyShareSet, members: readonly Member[]): Derivations {
  const known = status?.derivations ?? [];
  return (spec.derivations ?? []).flatMap(
    ({ path }) => agreedChild(path, members, spec.threshold) ?? known.find(child => child.path === path) ?? [],
  );
}

function agreedChild(path: string, members: readonly Member[], threshold: number): Child | undefined {
  const shown = members.flatMap(member => childrenOf(member).find(child => child.path === path) ?? []);
  return shown.find(child => shown.filter(other => equal(child, other)).length >= threshold);
}

function childrenOf(member: Member): readonly Child[] {
  return member.kind === 'holds' ? (member.key.derivations ?? []) : [];
}
