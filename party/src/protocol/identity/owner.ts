/** Whose store, log and sealed secrets these are. Ids that survive Kubernetes objects, never uids. */
export interface Owner {
  readonly namespace: string;
  readonly cluster: string;
  readonly party: number;
}
