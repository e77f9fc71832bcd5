/**
 * Two keygens of one name, as three parties may live through them: a party decides on an event, and records it later,
 * when anything may have arrived. Party 3 obeys no rule, and shows its boards to whom it likes.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { admit, EventRefused, whyNotMake } from '../admit.ts';
import { boardOf, merge } from '../board.ts';
import { apply, type EpochEvent } from '../events.ts';
import { type EpochState, isKey, type KeyState, nextStep } from '../key-state.ts';
import { acknowledgedBytes, certificateOf, type Proposal } from '../proposal.ts';
import { activatedBytes, erasedBytes } from '../statements.ts';
import { proposal, SPEC, signAs, verifies } from './nodes.ts';

const CHEATER = 3;
const HONEST = SPEC.parties.filter(id => id !== CHEATER);

/** The first epochs of two keys of the same name, made by attempts 1 and 2. */
const PROPOSALS: readonly Proposal[] = [1, 2].map(number => ({
  ...proposal(number, 0),
  keyId: `0${number}`.repeat(16),
}));

type Keys = ReadonlyMap<string, EpochState>;

class Maker {
  readonly #id: number;
  readonly #log: EpochEvent[] = [];
  /** The events that are decided on and not recorded yet: the HSM signs, or the disk writes. */
  #pending: EpochEvent[] = [];
  #keys: Keys = new Map();

  constructor(id: number) {
    this.#id = id;
  }

  get keys(): readonly KeyState[] {
    return [...this.#keys.values()].filter(isKey);
  }

  decide(e: EpochEvent | undefined): void {
    if (e !== undefined) this.#pending.push(e);
  }

  record(): void {
    const [e, ...rest] = this.#pending;
    this.#pending = rest;
    if (e === undefined) return;
    try {
      this.#keys = (this.#id === CHEATER ? apply : admit)(this.#id, this.#keys, e);
      this.#log.push(e);
    } catch (error) {
      if (!(error instanceof EventRefused || error instanceof RangeError)) throw error;
    }
  }

  crash(): void {
    this.#pending = [];
    this.#keys = this.#log.reduce<Keys>((keys, e) => apply(this.#id, keys, e), new Map());
  }

  acknowledgement(p: Proposal): EpochEvent {
    const signature = signAs(this.#id, acknowledgedBytes(p));
    return { type: 'EpochAcknowledged', spec: SPEC, proposal: p, triggers: [], signature };
  }

  /** The event of the next step of a key, as it looks now. */
  step(keyId: string): EpochEvent | undefined {
    const key = this.keys.find(held => held.keyId === keyId);
    if (key === undefined || (this.#id !== CHEATER && whyNotMake(key, this.keys))) return undefined;
    const next = nextStep(key);
    const attempt = key.attempts.get(next?.kind === 'activate' ? next.epoch : key.active);
    if (next === undefined || attempt === undefined) return undefined;
    switch (next.kind) {
      case 'activate': {
        const signature = signAs(this.#id, activatedBytes(keyId, next.epoch));
        return { type: 'EpochActivated', certificate: certificateOf(attempt.proposal, attempt.acks), signature };
      }
      case 'finalise': {
        const activated = [...attempt.activated].map(([party, signature]) => ({ party, signature }));
        return { type: 'EpochFinal', keyId, epoch: next.epoch, activated };
      }
      case 'erase': {
        const signature = signAs(this.#id, erasedBytes(keyId, next.below));
        return { type: 'SharesErased', keyId, below: next.below, generation: 1, signature };
      }
    }
  }

  hear(from: Maker, keyId: string): void {
    const [mine, theirs] = [this.#keys.get(keyId), from.#keys.get(keyId)];
    if (mine === undefined || theirs === undefined) return;
    this.#keys = new Map([...this.#keys, [keyId, merge(mine, boardOf(theirs), verifies).key]]);
  }
}

type Action =
  | { readonly kind: 'acknowledge'; readonly party: number; readonly key: number }
  | { readonly kind: 'step'; readonly party: number; readonly key: number }
  | { readonly kind: 'record'; readonly party: number }
  | { readonly kind: 'crash'; readonly party: number }
  | { readonly kind: 'gossip'; readonly from: number; readonly to: number; readonly key: number };

const party = fc.constantFrom(...SPEC.parties);
const key = fc.constantFrom(0, 1);
const kind = <K extends string>(name: K): fc.Arbitrary<K> => fc.constant(name);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: kind('acknowledge'), party, key: fc.constant(1) }) },
  { weight: 6, arbitrary: fc.record({ kind: kind('step'), party, key }) },
  { weight: 9, arbitrary: fc.record({ kind: kind('record'), party }) },
  { weight: 9, arbitrary: fc.record({ kind: kind('gossip'), from: party, to: party, key }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('crash'), party }) },
);

function act(makers: readonly Maker[], a: Action): void {
  const at = (id: number): Maker => makers[id - 1] ?? assert.fail();
  const of = (n: number): Proposal => PROPOSALS[n] ?? assert.fail();
  if (a.kind === 'acknowledge') at(a.party).decide(at(a.party).acknowledgement(of(a.key)));
  else if (a.kind === 'step') at(a.party).decide(at(a.party).step(of(a.key).keyId));
  else if (a.kind === 'record') at(a.party).record();
  else if (a.kind === 'crash') at(a.party).crash();
  else at(a.to).hear(at(a.from), of(a.key).keyId);
}

/**
 * The makers, each of which has acknowledged the first key. Its boards did not arrive, so the operator tries again.
 */
function makersOfTheFirst(): Maker[] {
  const makers = SPEC.parties.map(id => new Maker(id));
  for (const maker of makers) {
    maker.decide(PROPOSALS[0] && maker.acknowledgement(PROPOSALS[0]));
    maker.record();
  }
  return makers;
}

/** Decision 5: an honest party that has activated a key is bound to no later one, and at most one becomes final. */
export const atMostOneKeyOfTwo = fc.property(fc.array(action, { minLength: 40, maxLength: 120 }), actions => {
  const makers = makersOfTheFirst();
  const final = new Set<string>();
  for (const a of actions) {
    act(makers, a);
    for (const maker of makers.filter((_, i) => HONEST.includes(i + 1))) {
      const [first, second] = PROPOSALS.map(({ keyId }) => maker.keys.find(held => held.keyId === keyId));
      assert.ok(!first?.active || second === undefined, 'activated one key, and acknowledged a later one');
      for (const held of maker.keys) if (held.final > 0) final.add(held.keyId);
    }
    assert.ok(final.size <= 1, `final: ${[...final].join()}`);
  }
});
