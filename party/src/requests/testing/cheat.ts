import type { TestContext } from 'node:test';
import { Keyring } from '../../keys/keyring.ts';
import { curves } from '../../protocol/curve/curve.ts';
import { Secret } from '../../protocol/secret.ts';

/**
 * Makes this party's share of this key wrong by one from now on, after all checks: the party then signs a false value,
 * and signs it rightly as its own.
 */
export function makeCheat(t: TestContext, cheat: number, keyId: string): void {
  const honest = Keyring.prototype.share;
  t.mock.method(Keyring.prototype, 'share', async function (this: Keyring, id: string, epoch: number) {
    const own = await honest.call(this, id, epoch);
    if (own.party !== cheat || id !== keyId) return own;
    const { addScalars, scalar } = curves.secp256k1;
    return { ...own, secret: new Secret(addScalars(own.secret.expose(), scalar(1n))) };
  });
}
