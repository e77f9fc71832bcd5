/** Sessions of two parties in which everything is said that can be said, as a judge of the sessions is shown it. */
import type { Check } from '../../session/checks.ts';
import type { Messages } from '../../session/messages.ts';
import type { Party, Received, SessionContext } from '../../session/party.ts';
import type { PartyId } from '../../session/party-id.ts';
import { auxInfo } from '../../signing/cggmp24/aux-info.ts';
import { AuxInfoView, auxInfoChecks } from '../../signing/cggmp24/aux-info-checks.ts';
import { auxInfoMessages } from '../../signing/cggmp24/aux-info-messages.ts';
import type { PublicAuxiliary } from '../../signing/cggmp24/auxiliary.ts';
import { interactiveMessages, partialCheck } from '../../signing/cggmp24/interactive.ts';
import { offlineMessages } from '../../signing/cggmp24/offline.ts';
import { signOnline } from '../../signing/cggmp24/online.ts';
import { onlineMessages } from '../../signing/cggmp24/online-messages.ts';
import { OnlineView, onlineChecks } from '../../signing/cggmp24/online-view.ts';
import { presignChecks } from '../../signing/cggmp24/presign-checks.ts';
import type { Opening, PresignMessages } from '../../signing/cggmp24/presign-messages.ts';
import { presignFacts } from '../../signing/cggmp24/presign-steps.ts';
import { type PresignFacts, PresignView } from '../../signing/cggmp24/presign-view.ts';
import { redAlertChecks } from '../../signing/cggmp24/red-alert.ts';
import {
  makePresignature,
  presignInput,
  simulateAuxInfo,
  simulateOffline,
  simulateOnline,
  simulateSigning,
} from '../../signing/cggmp24/testing/simulations.ts';
import { asScalar } from '../../signing/data-to-sign.ts';
import { readPresigning } from '../statement.ts';
import { CHEAT, instead } from './cheats.ts';
import {
  child,
  parameters as common,
  signing as commonSigning,
  curve,
  data,
  presigning,
  secretOf,
} from './material.ts';

/** Proofs to all parties with few repetitions: it is asked whether a check of them answers, not what. */
const parameters = { ...common, challengeBits: 8 };
const signing = { ...commonSigning, parameters };

/** The checks of a session, and the view that keeps for them what was broadcast. */
export interface View {
  readonly checks: readonly Check[];
  readonly shown: { keep(round: string, received: Received<unknown>): unknown };
}

export interface Recorded {
  readonly what: string;
  readonly messages: Messages;
  /** What was said in each round, by sender. */
  readonly said: ReadonlyMap<string, Received<unknown>>;
  /** The rounds of interest; all, if there is nothing else to say. */
  readonly rounds?: readonly string[];
  /** New views: of a party in the session, which knows factors of its own, and of a judge outside, who knows none. */
  views(): readonly [View, View];
}

/** Records what the parties of one session say. Nobody checks anything, so the session goes on to its end. */
class Recorder {
  readonly said = new Map<string, Map<PartyId, unknown>>();
  #context: SessionContext | undefined;

  get context(): SessionContext {
    if (this.#context === undefined) throw new RangeError('nothing was recorded');
    return this.#context;
  }

  of<M>(party: Party<M>): Party<M> {
    this.#context = party.context;
    return instead(party, {
      check: () => {},
      broadcast: async (round, message) => this.#keep(round, await party.broadcast(round, message)),
      exchange: async (round, make) => this.#keep(round, await party.exchange(round, make)),
    });
  }

  #keep<T>(round: string, received: Received<T>): Received<T> {
    const said = this.said.get(round) ?? new Map<PartyId, unknown>();
    for (const [from, message] of received) said.set(from, message);
    this.said.set(round, new Map([...said].sort(([a], [b]) => a - b)));
    return received;
  }
}

type Change = (own: Opening) => Opening;

const plusOne: Change = own => ({ ...own, delta: curve.addScalars(own.delta, curve.scalar(1n)) });

/** The ways in which a presignature is spoiled. */
const spoilings: readonly (readonly [string, Change])[] = [
  ['k·γ', plusOne],
  ['k·x', own => ({ ...own, S: curve.addPoints(own.S, curve.base) })],
];

/** The cheat opens something else than it has. */
const opening = <M extends PresignMessages>(party: Party<M>, change: Change): Party<M> =>
  party.me !== CHEAT
    ? party
    : instead(party, {
        broadcast: (round, message) =>
          // what is broadcast in the round `open` is an Opening
          party.broadcast(round, round === 'open' ? (change(message as Opening) as typeof message) : message),
      });

async function recordAuxInfo(): Promise<Recorded> {
  const recorder = new Recorder();
  const protocol = (party: Parameters<typeof auxInfo>[0]) =>
    auxInfo(recorder.of(party), secretOf(party.me), parameters);
  await simulateAuxInfo(2, { protocol }, { parameters, secretOf });
  const { paillier, ring } = secretOf(1);
  const own = new Map([[1, { paillier: paillier.key, ring: ring.ring }]]);
  const viewWith = (known: ReadonlyMap<PartyId, PublicAuxiliary>): View => {
    const view = new AuxInfoView(recorder.context, parameters, known);
    return { checks: Object.values(auxInfoChecks(view)), shown: view.shown };
  };
  return {
    what: 'aux-info',
    messages: auxInfoMessages(parameters),
    said: recorder.said,
    views: () => [viewWith(own), viewWith(new Map())],
  };
}

/** New views of a presigning session, with the checks that `checksOf` makes of one. */
function presignViews({ context }: Recorder, checksOf: (view: PresignView) => object): [View, View] {
  const viewWith = (facts: PresignFacts): View => {
    const view = new PresignView({ parties: [1, 2], context }, facts);
    return { checks: Object.values(checksOf(view)), shown: view.shown };
  };
  return [
    viewWith(presignFacts(presignInput(1, signing))),
    viewWith(readPresigning(presigning, 'secp256k1', parameters)),
  ];
}

async function recordOffline(): Promise<Recorded> {
  const recorder = new Recorder();
  await simulateOffline(signing, {}, party => recorder.of(party));
  return {
    what: 'offline',
    messages: offlineMessages(parameters, curve, 2),
    said: recorder.said,
    views: () => presignViews(recorder, presignChecks),
  };
}

/** A session with a red alert, and only the checks of the red alert. */
export const recordAlert = async ([what, change]: (typeof spoilings)[number]): Promise<Recorded> => {
  const recorder = new Recorder();
  await simulateOffline(signing, {}, party => recorder.of(opening(party, change)));
  return {
    what: `red alert about ${what}`,
    // what was said before is judged alike, whatever the alert is about
    ...(what === 'k·x' && { rounds: ['open', 'proveOpening', 'proveProductsToAll'] }),
    messages: offlineMessages(parameters, curve, 2),
    said: recorder.said,
    views: () => presignViews(recorder, redAlertChecks),
  };
};

/** Only with the check that signing from a presignature made before has not. */
async function recordInteractive(): Promise<Recorded> {
  const recorder = new Recorder();
  await simulateSigning(signing, {}, party => recorder.of(party));
  const partial = (view: PresignView) => ({ partial: partialCheck(view, asScalar(curve, data)) });
  return {
    what: 'interactive',
    messages: interactiveMessages(parameters, curve, 2),
    said: recorder.said,
    views: () => presignViews(recorder, partial),
  };
}

async function recordOnline(): Promise<Recorded> {
  const recorder = new Recorder();
  const presignatures = await makePresignature(signing);
  const [first] = presignatures.values();
  if (first === undefined) throw new RangeError('no presignature');
  const input = { curve: 'secp256k1', key: child, data } as const;
  await simulateOnline(presignatures, input, {
    protocol: party => signOnline(recorder.of(party), presignatures.get(party.me) ?? first, input),
  });
  return {
    what: 'online',
    messages: onlineMessages(curve),
    said: recorder.said,
    views: () => {
      const view = new OnlineView(first.terms, input);
      const shown = { checks: Object.values(onlineChecks(view)), shown: view.shown };
      return [shown, shown];
    },
  };
}

/** A session with a red alert, but for an opening that spoils nothing. */
async function recordNeedlessAlert(): Promise<Recorded> {
  const alert = await recordAlert(['k·γ', plusOne]);
  const said = new Map(alert.said);
  const openings = new Map(said.get('open'));
  // what is said in the round `open` is an Opening
  const own = openings.get(CHEAT) as Opening;
  openings.set(CHEAT, { ...own, delta: curve.subtractScalars(own.delta, curve.scalar(1n)) });
  return {
    ...alert,
    what: 'red alert about nothing',
    said: said.set('open', openings),
    rounds: ['proveOpening', 'proveProductsToAll'],
  };
}

export const recordings: readonly (() => Promise<Recorded>)[] = [
  recordAuxInfo,
  recordOffline,
  ...spoilings.map(spoiling => () => recordAlert(spoiling)),
  recordNeedlessAlert,
  recordInteractive,
  recordOnline,
];
