/**
 * The party that a store, a log and sealed secrets belong to. The ids survive Kubernetes objects; they are never uids.
 */
export interface Owner {
  readonly namespace: string;
  readonly cluster: string;
  readonly party: number;
}
