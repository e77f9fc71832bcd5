import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { labels, natsName } from '@mpc-operator/crds/names';
import type { NetworkPolicy } from '@mpc-operator/runtime/resource';
import type { Settings } from '../../../settings.ts';
import { ownedMetadata, selector } from './metadata.ts';
import { CLIENT_PORT, ROUTE_PORT } from './nats-config.ts';
import { PARTY_HTTP_PORT } from './party.ts';

type Spec = NonNullable<NetworkPolicy['spec']>;

/** Nothing but what is named here goes in or out of the pods of a cluster. Kubelets reach their own pods in spite of it. */
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
    // Metrics, for whoever scrapes them in this Kubernetes cluster. They hold no secrets.
    ingress: [{ from: [{ namespaceSelector: {} }], ports: [tcp(PARTY_HTTP_PORT)] }],
    egress: [dns, { to: [nats], ports: [tcp(CLIENT_PORT)] }, apiServer(settings)],
  };
}

/** The resolver is in another namespace in each distribution, or no pod at all (NodeLocal DNSCache). */
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
