import type { Party } from '../../session/party.ts';
import type { PartyId } from '../../session/party-id.ts';
import type { Adversary } from '../../session/simulator.ts';
import { showingAgain } from '../../session/testing/signed-again.ts';
import { protocols } from '../../signing/cggmp24/agreement.ts';
import { interactiveMessages } from '../../signing/cggmp24/interactive.ts';
import { signOnline } from '../../signing/cggmp24/online.ts';
import { type OnlineMessages, onlineMessages } from '../../signing/cggmp24/online-messages.ts';
import type { Multiplications, Opening, PresignMessages } from '../../signing/cggmp24/presign-messages.ts';
import { inRound } from '../../signing/cggmp24/testing/byzantine.ts';
import {
  makePresignature,
  simulateOffline,
  simulateOnline,
  simulateSigning,
} from '../../signing/cggmp24/testing/simulations.ts';
import { presignatureStatement } from '../statement.ts';
import {
  CHEAT,
  type Cheat,
  changing,
  type Ended,
  falseView,
  flip,
  greetingAgain,
  instead,
  overlooking,
  twoFaced,
} from './cheats.ts';
import { child, curve, data, identitiesOf, identityOf, parameters, presigning, secretOf, signing } from './material.ts';

export interface SigningDeviations {
  readonly signers?: readonly PartyId[];
  /** The adversary that controls party 2. */
  readonly adversary?: Adversary;
  readonly as?: <M extends PresignMessages>(party: Party<M>) => Party<M>;
}

export async function interactiveWith({ signers = [1, 2], adversary, as }: SigningDeviations): Promise<Ended> {
  const changes = { signers: identitiesOf(...signers), adversaries: new Map(adversary ? [[CHEAT, adversary]] : []) };
  return { simulated: await simulateSigning({ ...signing, signers }, changes, as), statement: presigning };
}

export async function offlineWith({ signers = [1, 2], adversary, as }: SigningDeviations): Promise<Ended> {
  const changes = { signers: identitiesOf(...signers), adversaries: new Map(adversary ? [[CHEAT, adversary]] : []) };
  return { simulated: await simulateOffline({ ...signing, signers }, changes, as), statement: presigning };
}

export async function onlineWith({ adversary, as = party => party }: OnlineDeviations): Promise<Ended> {
  const presignatures = await makePresignature(signing);
  const input = { curve: 'secp256k1', key: child, data } as const;
  const presignatureOf = (party: PartyId) => presignatures.get(party) ?? missing(party);
  const simulated = await simulateOnline(presignatures, input, {
    signers: identitiesOf(1, 2),
    adversaries: new Map(adversary ? [[CHEAT, adversary]] : []),
    protocol: party => signOnline(as(party), presignatureOf(party.me), input),
  });
  return { simulated, statement: presignatureStatement(presignatureOf(1).terms, input) };
}

export interface OnlineDeviations {
  readonly adversary?: Adversary;
  readonly as?: (party: Party<OnlineMessages>) => Party<OnlineMessages>;
}

function missing(party: PartyId): never {
  throw new RangeError(`there is no party ${party}`);
}

const two = interactiveMessages(parameters, curve, 2);
const three = interactiveMessages(parameters, curve, 3);
const one = curve.scalar(1n);

/** The cheat knowingly opens something else than it has. */
const opening = (change: (own: Opening) => Opening): SigningDeviations => ({
  as: party =>
    party.me === CHEAT
      ? instead(party, {
          broadcast: (round, message) =>
            // the message of the round `open` is an Opening
            party.broadcast(round, round === 'open' ? (change(message as Opening) as typeof message) : message),
        })
      : party,
});

/** The cheat multiplies something else for party 3, and both parties overlook that. */
const spoiling = (change: (product: Multiplications['products'][number]) => Multiplications['products'][number]) => ({
  signers: [1, 2, 3],
  adversary: changing(three, 'multiply', sent => ({
    ...sent,
    products: sent.products.map((product, i) => (i === 1 ? change(product) : product)),
  })),
  as: <M extends PresignMessages>(party: Party<M>) => (party.me === 1 ? party : overlooking(party)),
});

const { n: N2 } = secretOf(2).paillier;
const { key: key3 } = secretOf(3).paillier;
/** A product that is 1 more when party 3 decrypts it. */
const plusOne = (D: bigint): bigint => key3.add(D, 1n + key3.modulus);

type PresignCheat = readonly [check: string, what: string, deviations: SigningDeviations];

const presignCheats: readonly PresignCheat[] = [
  [
    'enc-elg',
    'does not prove what it has committed to',
    { adversary: changing(two, 'proveCommitments', ({ k, gamma }) => ({ gamma, k: { ...k, z1: k.z1 + 1n } })) },
  ],
  [
    'elog of Gamma',
    'does not prove its nonce',
    { adversary: changing(two, 'multiply', sent => ({ ...sent, Gamma: curve.addPoints(sent.Gamma, curve.base) })) },
  ],
  [
    'aff-g',
    'does not prove its products',
    { adversary: changing(two, 'proveProducts', ({ gamma, x }) => ({ gamma, x: { ...x, z2: x.z2 + 1n } })) },
  ],
  [
    'elog of Delta',
    'does not prove what it opens',
    { adversary: changing(two, 'open', sent => ({ ...sent, Delta: curve.addPoints(sent.Delta, curve.base) })) },
  ],
  [
    'products',
    'multiplies something else for an accomplice',
    spoiling(({ gamma, x }) => ({ x, gamma: { ...gamma, D: plusOne(gamma.D) } })),
  ],
];
// each kind of false opening is tried in one protocol only: proofs to all parties are slow
const offlineCheats: readonly PresignCheat[] = [
  [
    'opening',
    'opens another share of k·x than it has',
    opening(own => ({ ...own, S: curve.addPoints(own.S, curve.base) })),
  ],
];
const interactiveCheats: readonly PresignCheat[] = [
  [
    'opening',
    'opens another share of k·γ than it has',
    opening(own => ({ ...own, delta: curve.addScalars(own.delta, one) })),
  ],
  [
    'opening',
    'multiplies what is no ciphertext for an accomplice',
    spoiling(({ gamma, x }) => ({ x, gamma: { D: plusOne(gamma.D), F: N2 } })),
  ],
  [
    'partial signature',
    'signs something else',
    { adversary: changing(two, 'partial', sigma => curve.addScalars(sigma, one)) },
  ],
  [
    'encoding',
    'opens 0 for its share of k·γ',
    { adversary: inRound('open', payload => payload.map((byte, i) => (i < curve.scalarBytes ? 0 : byte))) },
  ],
  ['equivocation', 'commits to two things', { adversary: twoFaced('data', 'commit'), signers: [1, 2, 3] }],
  ['equivocation', 'says hello in two ways', { adversary: twoFaced('hello', 'hello'), signers: [1, 2, 3] }],
  [
    'equivocation',
    'shows commitments of which it has signed its own once more',
    { adversary: showingAgain('commit', CHEAT, identityOf(CHEAT), [1, 2, 3]), signers: [1, 2, 3] },
  ],
  [
    'equivocation',
    'says hello to each under another sequence number',
    { adversary: greetingAgain, signers: [1, 2, 3] },
  ],
  ['view', 'shows hellos that nobody has signed', { adversary: falseView('hello') }],
  ['view', 'shows commitments that nobody has signed', { adversary: falseView('commit') }],
];

const online = onlineMessages(curve);

const cheat =
  (protocol: string, runWith: (deviations: SigningDeviations) => Promise<Ended>) =>
  ([check, what, deviations]: PresignCheat): Cheat => ({ protocol, check, what, run: () => runWith(deviations) });

export const signingCheats: readonly Cheat[] = [
  ...[...presignCheats, ...offlineCheats].map(cheat(protocols.offline, offlineWith)),
  ...[...presignCheats, ...interactiveCheats].map(cheat(protocols.interactive, interactiveWith)),
  {
    ...{ protocol: protocols.online, check: 'seed', what: 'reveals a seed that it has not committed to' },
    run: () => onlineWith({ adversary: changing(online, 'seed', flip) }),
  },
  {
    ...{ protocol: protocols.online, check: 'partial signature', what: 'signs something else' },
    run: () => onlineWith({ adversary: changing(online, 'partial', sigma => curve.addScalars(sigma, one)) }),
  },
];
