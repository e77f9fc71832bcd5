/** The settings of the installation, for all MpcClusters. */
export interface Settings {
  /** The namespace of the operator itself: NetworkPolicies let it through to the NATS servers. */
  readonly namespace: string;
  /** The images for clusters that name none. */
  readonly images: { readonly party: string; readonly hsm: string; readonly nats: string };
  /** The addresses and ports of the API server, for the NetworkPolicies of the parties. No CIDRs: any address. */
  readonly apiServer: { readonly cidrs: readonly string[]; readonly ports: readonly number[] };
}
