/** Derives the children that KeyShareSets ask for, each once, with the chain code that only parties know. */
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import type { Clock } from '@mpc-operator/runtime/clock';
import { Controller, type Reconcile, type Result } from '@mpc-operator/runtime/controller';
import type { Logger } from '@mpc-operator/runtime/log';
import { ExponentialFailureRateLimiter } from '@mpc-operator/runtime/rate-limiter';
import type { KeyState } from '../epochs/key-state.ts';
import { DerivationError } from '../protocol/signing/hd.ts';
import type { Keyring } from './keyring.ts';
import { type ShownChild, shownChildren } from './shown-key.ts';

export interface ChildrenOptions {
  readonly keyring: Pick<Keyring, 'serving' | 'chainCode'>;
  readonly keyShareSet: (name: string) => KeyShareSet | undefined;
  /** Called when the children of the key of this name have changed. */
  readonly changed: (name: string) => void;
  readonly log: Logger;
  readonly clock: Clock;
}

interface Derived {
  readonly keyId: string;
  readonly children: ReadonlyMap<string, ShownChild>;
}

export class Children {
  readonly controller: Controller;
  readonly #options: ChildrenOptions;
  readonly #byName = new Map<string, Derived>();

  constructor(options: ChildrenOptions) {
    this.#options = options;
    const { log, clock } = options;
    this.controller = new Controller({
      ...{ name: 'derivations', reconcile: this.reconcile, log, clock },
      rateLimiter: new ExponentialFailureRateLimiter(100, 5_000),
    });
  }

  /** The children of a key in the order of its KeyShareSet, as far as they are derived. */
  of({ keyId, spec }: KeyState): readonly ShownChild[] {
    const derived = this.#byName.get(spec.name);
    return derived?.keyId === keyId ? [...derived.children.values()] : [];
  }

  /** Reconciles one key, by its name. */
  readonly reconcile: Reconcile = async ({ name }): Promise<Result> => {
    const { keyring, keyShareSet, changed } = this.#options;
    const key = keyring.serving(name);
    const paths = (keyShareSet(name)?.spec.derivations ?? []).map(({ path }) => path);
    const known = this.#byName.get(name);
    if (key === undefined || paths.length === 0) {
      if (this.#byName.delete(name)) changed(name);
      return {};
    }
    const kept = known?.keyId === key.keyId ? known.children : new Map<string, ShownChild>();
    if (paths.join() === [...kept.keys()].join()) return {};
    const children = await this.#derive(key, paths, kept);
    this.#byName.set(name, { keyId: key.keyId, children });
    changed(name);
    return {};
  };

  /**
   * Derives one child at a time, so that other work comes in between: each level of a path takes half a millisecond.
   */
  async #derive(
    key: KeyState,
    paths: readonly string[],
    kept: ReadonlyMap<string, ShownChild>,
  ): Promise<ReadonlyMap<string, ShownChild>> {
    const { publicKey = '' } = key.attempts.get(key.final)?.proposal ?? {};
    using chainCode = await this.#options.keyring.chainCode(key.keyId);
    const children = new Map<string, ShownChild>();
    for (const path of paths) {
      await new Promise(resolve => setImmediate(resolve));
      const child = kept.get(path) ?? shownChild(key, publicKey, chainCode.expose(), path);
      if (child !== undefined) children.set(path, child);
    }
    return children;
  }
}

/** Returns undefined for a path that leads nowhere: the other children are shown all the same. */
function shownChild(
  { spec }: KeyState,
  publicKey: string,
  chainCode: Uint8Array,
  path: string,
): ShownChild | undefined {
  try {
    return shownChildren(spec, publicKey, chainCode, [path])[0];
  } catch (error) {
    if (error instanceof DerivationError) return undefined;
    throw error;
  }
}
