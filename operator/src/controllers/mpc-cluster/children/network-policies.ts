import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { labels, natsName } from '@mpc-operator/crds/names';
import type { NetworkPolicy } from '@mpc-operator/runtime/resource';
import type { Settings } from '../../../settings.ts';
import { ownedMetadata, selector } from './metadata.ts';
import { CLIENT_PORT, ROUTE_PORT } from './nats-config.ts';
import { PARTY_HTTP_PORT } from './party.ts';

type Spec = NonNullable<NetworkPolicy['spec']>;

/**
 * The NetworkPolicies of a cluster: only what they allow goes in or out of the pods. Kubelets reach their own pods all
 * the same.
 */
export function networkPolicies(cluster: MpcCluster, settings: Settings): readonly NetworkPolicy[] {
  const { name } = cluster.metadata;
  const policy = (suffix: string, component: 'party' | 'nats' | 'transport', spec: Spec): NetworkPolicy => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: ownedMetadata(cluster, { name: suffix, component }),
    spec,
  });
  return [
    policy(`${name}-deny`, 'transport', {
      podSelector: { matchLabels: { [labels.cluster]: name } },
      policyTypes: ['Ingress', 'Egress'],
    }),
    policy(natsName(name), 'nats', natsRules(cluster, settings)),
    policy(`${name}-party`, 'party', partyRules(cluster, settings)),
  ];
}

function natsRules(cluster: MpcCluster, settings: Settings): Spec {
  const nats = { podSelector: { matchLabels: selector(cluster, { component: 'nats' }) } };
  const party = { podSelector: { matchLabels: selector(cluster, { component: 'party' }) } };
  return {
    ...nats,
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      { from: [party, operator(settings)], ports: [tcp(CLIENT_PORT)] },
      { from: [nats], ports: [tcp(ROUTE_PORT)] },
    ],
    egress: [dns, { to: [nats], ports: [tcp(ROUTE_PORT)] }],
  };
}

function partyRules(cluster: MpcCluster, settings: Settings): Spec {
  const nats = { podSelector: { matchLabels: selector(cluster, { component: 'nats' }) } };
  return {
    podSelector: { matchLabels: selector(cluster, { component: 'party' }) },
    policyTypes: ['Ingress', 'Egress'],
    // Any pod of this Kubernetes cluster may scrape the metrics. They hold no secrets.
    ingress: [{ from: [{ namespaceSelector: {} }], ports: [tcp(PARTY_HTTP_PORT)] }],
    egress: [dns, { to: [nats], ports: [tcp(CLIENT_PORT)] }, apiServer(settings)],
  };
}

/** DNS anywhere: each distribution has its resolver in another namespace, or outside any pod (NodeLocal DNSCache). */
const dns = {
  ports: [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ],
};

function apiServer({ apiServer: { cidrs, ports } }: Settings) {
  const to = cidrs.map(cidr => ({ ipBlock: { cidr } }));
  return { ...(to.length > 0 && { to }), ports: ports.map(tcp) };
}

function operator({ namespace }: Settings) {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels: { 'app.kubernetes.io/name': 'mpc-operator', [labels.component]: 'operator' } },
  };
}

function tcp(port: number) {
  return { port, protocol: 'TCP' };
}
