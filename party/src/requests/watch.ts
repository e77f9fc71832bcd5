/**
 * What a party itself sees at the API server: it watches the KeyShareSets of its namespace, and the SignRequests that
 * are not finished. A finished request is sent to no party and kept by none, so that it costs nothing any more.
 */
import type { KeyShareSet, SignRequest } from '@mpc-operator/crds/generated/api';
import { keyShareSets, signRequests } from '@mpc-operator/crds/resources';
import { UNFINISHED } from '@mpc-operator/crds/sign-request';
import type { ApiClient } from '@mpc-operator/runtime/client';
import type { Controller } from '@mpc-operator/runtime/controller';
import { Informer } from '@mpc-operator/runtime/informer';
import type { Logger } from '@mpc-operator/runtime/log';
import { keyOf, type ObjectKey } from '@mpc-operator/runtime/object';

/** The index of requests by the name of the KeyShareSet that they name. */
const KEY_INDEX = 'key';

export class Watch {
  /** The requests that are not finished. */
  readonly requests: Informer<SignRequest>;
  readonly keyShareSets: Informer<KeyShareSet>;
  readonly #client: ApiClient;
  readonly #namespace: string;

  constructor(client: ApiClient, namespace: string, log: Logger) {
    const watched = { client, namespaces: [namespace], log };
    this.#client = client;
    this.#namespace = namespace;
    this.requests = new Informer<SignRequest>({
      ...watched,
      resource: signRequests,
      fieldSelector: UNFINISHED,
      indexers: { [KEY_INDEX]: ({ spec }) => [spec.keyRef.name] },
    });
    this.keyShareSets = new Informer<KeyShareSet>({ ...watched, resource: keyShareSets });
  }

  /** Whether both watches show what the API server has. */
  get synced(): boolean {
    return this.requests.synced && this.keyShareSets.synced;
  }

  keyShareSet(name: string): KeyShareSet | undefined {
    return this.keyShareSets.get({ namespace: this.#namespace, name });
  }

  /** The requests that wait for this KeyShareSet. */
  requestsOf(keyShareSet: string): readonly ObjectKey[] {
    return this.requests.byIndex(KEY_INDEX, keyShareSet).map(keyOf);
  }

  /** Has a controller reconcile each request when it changes, and when the KeyShareSet that it waits for changes. */
  feed(controller: Controller): void {
    controller.for(this.requests).watches(this.keyShareSets, ({ metadata: { name } }) => this.requestsOf(name));
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
