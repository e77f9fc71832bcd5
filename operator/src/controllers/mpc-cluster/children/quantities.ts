/**
 * Quantities as the objects of Kubernetes take them on the wire: the spec of an MpcCluster may have whole numbers, but
 * a server-side apply of a pod or a volume expects strings.
 */
import type { MpcCluster } from '@mpc-operator/crds/generated/api';

type Quantity = MpcCluster['spec']['storage']['store'];
type Amounts = { readonly [name: string]: Quantity };
type Resources = MpcCluster['spec']['resources']['party'];

export const quantity = (amount: Quantity): string => String(amount);

/** The compute resources of a container. */
export function containerResources({ requests, limits }: Resources) {
  return {
    ...(requests === undefined ? {} : { requests: amounts(requests) }),
    ...(limits === undefined ? {} : { limits: amounts(limits) }),
  };
}

function amounts(of: Amounts): { [name: string]: string } {
  return Object.fromEntries(Object.entries(of).map(([name, amount]) => [name, quantity(amount)]));
}
