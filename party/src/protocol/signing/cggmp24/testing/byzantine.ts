import assert from 'node:assert/strict';
import { curves, type Point } from '../../../curve/curve.ts';
import { Misbehaviour, Timeout } from '../../../session/errors.ts';
import type { Codec, Messages } from '../../../session/messages.ts';
import type { PartyId } from '../../../session/party-id.ts';
import type { SessionOutcome } from '../../../session/session.ts';
import type { Adversary, Outgoing } from '../../../session/simulator.ts';
import type { EcdsaSignature } from '../../ecdsa.ts';
import { mutations } from './mutations.ts';
import { opensslVerifies } from './openssl.ts';

/** An adversary that changes what it sends in one round. */
export const inRound =
  (round: string, change: (payload: Uint8Array, message: Outgoing) => Uint8Array): Adversary =>
  message =>
    message.type === 'data' && message.round === round ? [change(message.payload, message)] : [message.payload];

/**
 * An adversary that changes one thing in its message of a round. `at`, from 0 to 1, chooses among all possible changes.
 */
export function byzantine<M extends Messages>(
  messages: M,
  round: keyof M & string,
  at: number,
): { readonly adversary: Adversary; readonly changed: () => string } {
  const codec: Codec<unknown> | undefined = messages[round]?.codec;
  if (codec === undefined) throw new RangeError(`there is no round ${round}`);
  let path = 'nothing';
  const adversary = inRound(round, payload => {
    const all = mutations(curves.secp256k1, codec.decode(payload));
    const mutation = all[Math.floor(at * all.length)];
    if (mutation === undefined) throw new RangeError(`nothing can be changed in ${round}`);
    path = mutation.path;
    try {
      return codec.encode(mutation.value);
    } catch {
      // the changed value no longer fits its encoding
      return payload.map((byte, i) => (i === 0 ? byte ^ 0xff : byte));
    }
  });
  return { adversary, changed: () => path };
}

/**
 * Asserts that an honest signer ends with no other signature than a valid one, and names no other party than the cheat.
 * @returns whether the signer names the cheat
 */
export function assertSound(
  outcome: PromiseSettledResult<SessionOutcome<EcdsaSignature>> | undefined,
  { key, message, cheat, what }: { key: Point; message: Uint8Array; cheat: PartyId; what: string },
): boolean {
  if (outcome?.status === 'fulfilled') {
    assert.ok(opensslVerifies(key, message, outcome.value.result), what);
    return false;
  }
  if (outcome?.reason instanceof Timeout) {
    // the cheat thinks that all is well, or sends nothing more: neither proves anything
    assert.deepEqual(outcome.reason.missing, [cheat], what);
    return false;
  }
  assert.ok(outcome?.reason instanceof Misbehaviour, `${what}: ${outcome?.reason}`);
  assert.deepEqual(outcome.reason.culprits, [cheat], what);
  return true;
}
