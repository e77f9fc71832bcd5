/** What the installation decides for all MpcClusters. */
export interface Settings {
  /** The namespace of the operator itself: NetworkPolicies let it through to the NATS servers. */
  readonly namespace: string;
  /** Images for clusters that name none. */
  readonly images: { readonly party: string; readonly hsm: string; readonly nats: string };
  /** Where the API server answers, as the parties' NetworkPolicies must allow it. No CIDRs: anywhere. */
  readonly apiServer: { readonly cidrs: readonly string[]; readonly ports: readonly number[] };
}
