/** What a party itself sees at the API server: it watches the SignRequests and KeyShareSets of its namespace. */
import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import { keyShareSets, signRequests } from '@mpc-operator/crds/resources';
import type { ApiClient } from '@mpc-operator/runtime/client';
import { Informer } from '@mpc-operator/runtime/informer';
import type { Logger } from '@mpc-operator/runtime/log';
import type { ObjectKey } from '@mpc-operator/runtime/object';
import { leanIfFinished } from './decision.ts';

export class Watch {
  readonly requests: Informer<SignRequest>;
  readonly keyShareSets: Informer<KeyShareSet>;
  readonly #client: ApiClient;
  readonly #namespace: string;

  constructor(client: ApiClient, namespace: string, log: Logger) {
    const watched = { client, namespaces: [namespace], log };
    this.#client = client;
    this.#namespace = namespace;
    this.requests = new Informer<SignRequest>({ ...watched, resource: signRequests, transform: leanIfFinished });
    this.keyShareSets = new Informer<KeyShareSet>({ ...watched, resource: keyShareSets });
  }

  /** Whether both watches show what the API server has. */
  get synced(): boolean {
    return this.requests.synced && this.keyShareSets.synced;
  }

  keyShareSet(name: string): KeyShareSet | undefined {
    return this.keyShareSets.get({ namespace: this.#namespace, name });
  }

  /** The requests that name this KeyShareSet. */
  requestsOf(keyShareSet: string): readonly ObjectKey[] {
    const requests = this.requests.list(this.#namespace).filter(({ spec }) => spec.keyRef.name === keyShareSet);
    return requests.map(({ metadata: { name } }) => ({ namespace: this.#namespace, name }));
  }

  /**
   * The request of this name and uid. The party asks the API server if the watch does not show the request: an
   * invitation may overtake the watch.
   */
  async find(name: string, uid: string): Promise<SignRequest | undefined> {
    const key = { namespace: this.#namespace, name };
    const seen = this.requests.get(key);
    const request = seen?.metadata.uid === uid ? seen : await this.#client.get(signRequests, key);
    return request?.metadata.uid === uid ? request : undefined;
  }

  /** Watches until the signal aborts, and calls `onSynced` once both watches show what the API server has. */
  async run(signal: AbortSignal, onSynced: () => Promise<void>): Promise<void> {
    const watching = [this.requests.run(signal), this.keyShareSets.run(signal)];
    await Promise.race([Promise.all([this.requests.waitForSync(), this.keyShareSets.waitForSync()]), ...watching]);
    await onSynced();
    await Promise.all(watching);
  }
}
