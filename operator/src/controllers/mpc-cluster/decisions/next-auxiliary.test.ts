import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import type { Obstacle } from '../../../parties/obstacles.ts';
import type { PartyViews } from '../../../parties/view.ts';
import {
  attemptAt,
  auxiliaryReport,
  fourParties,
  ledTo,
  threeParties,
  trying,
  withAuxiliary,
} from '../../../testing/auxiliary.ts';
import { mpcCluster } from '../../../testing/objects.ts';
import { view, views, withView } from '../../../testing/reports.ts';
import { type Attempts, NO_ATTEMPTS } from '../../attempts.ts';
import { nextAuxiliary } from './next-auxiliary.ts';

const NOW = 1_000_000;
const ROTATE = 'mpc.keyshare.dev/rotate-auxiliary';
const POLICY = 'rotation.mpc.keyshare.dev/nightly';
const SLOT = '2026-11-21T00:00:00Z';

const cluster = mpcCluster();
const asked = (annotations: Record<string, string>) => mpcCluster({}, { annotations });
const four = mpcCluster({ parties: [4, 2, 1, 3].map(id => ({ id, zone: 'a' })) });
const none = auxiliaryReport(0);
const one = auxiliaryReport(1);
const stocked = { primes: 'Ready' } as const;

interface Case {
  readonly when: string;
  readonly cluster?: MpcCluster;
  readonly seen: PartyViews;
  readonly attempts?: Partial<Attempts>;
  readonly hold?: Obstacle;
  /** The reason and message of a wait, the number and trigger of an attempt, or `none`. */
  readonly step: RegExp;
}

function shown({ cluster: of = cluster, seen, attempts, hold }: Case): string {
  const step = nextAuxiliary({ cluster: of, views: seen, attempts: { ...NO_ATTEMPTS, ...attempts }, now: NOW, hold });
  switch (step.kind) {
    case 'none':
      return `none ${step.remark ?? ''}`;
    case 'generate':
      return `attempt ${step.number} ${step.trigger}`;
    case 'wait':
      return `${step.reason} ${step.message} ${step.until ?? ''}`;
  }
}

const cases: readonly Case[] = [
  { when: 'there is no generation yet', seen: threeParties(none), step: /^attempt 1 first@$/ },
  { when: 'one is final and nothing asks for another', seen: threeParties(one), step: /^none $/ },
  {
    when: 'safe primes are still made',
    seen: threeParties(none, { ...none, primes: 'Generating' }, none),
    step: /^GeneratingPrimes 2\/3 parties have made their safe primes, which takes minutes/,
  },
  {
    when: 'primes for the next generation are made, but none is asked for',
    seen: threeParties({ ...one, primes: 'Generating' }),
    step: /^none/,
  },
  {
    when: 'a party is silent',
    seen: withAuxiliary(views([], [1, 3]), none),
    step: /^WaitingForParties all parties are needed, but party 2 is not ready/,
  },
  {
    when: 'a party is not ready',
    seen: withAuxiliary(withView(views(), view(3, [], { ready: false })), none),
    step: /^WaitingForParties .*party 3 is not ready/,
  },
  {
    when: 'parties have not met',
    seen: withAuxiliary(withView(views(), view(3, [], { acquainted: [1] })), none),
    step: /^PartiesMeeting party 3 has not met party 2/,
  },
  {
    when: 'a party runs a version from before',
    seen: withView(threeParties(none), view(2)),
    step: /^PartyOutdated party 2 runs a version without ECDSA: it must be restarted/,
  },
  {
    when: 'what a party reports cannot be read',
    seen: withView(threeParties(none), { ...view(2), unreadFields: [{ name: 'auxiliary', why: 'level: x' }] }),
    step: /^PartyOutdated what party 2 reports of auxiliary information cannot be read \(level: x\)/,
  },
  {
    when: 'the generation is of the level of a cluster before',
    seen: threeParties({ ...one, level: 112 }),
    step: /^attempt 2 level@128$/,
  },
  {
    when: 'the generation is of another level and parties were added: the next serves both',
    cluster: four,
    seen: fourParties(...[one, one, one].map(report => ({ ...report, level: 112 as const })), none),
    step: /^attempt 2 parties@1-2-3-4$/,
  },
  {
    when: 'a generation of the level that is asked for was made',
    seen: threeParties(ledTo('level', '128')),
    step: /^none $/,
  },
  {
    when: 'a party without a generation works at another level',
    seen: threeParties(none, none, { ...none, level: 112 }),
    step: /^PartyOutdated party 3 works at level 112, not 128/,
  },
  {
    when: 'a party has banned another',
    seen: withAuxiliary(withView(views(), view(1, [], { banned: [{ party: 3, reason: 'a wrong proof' }] })), none),
    step: /^PartyBanned party 1 runs no session with party 3: a wrong proof/,
  },
  ...(['Preparing', 'Acknowledged', 'Certified', 'Activated'] as const).map(phase => ({
    when: `a party is at an attempt (${phase})`,
    cluster: asked({ [ROTATE]: 'x' }),
    seen: threeParties(one, trying(phase), one),
    step: new RegExp(`^AttemptRunning the parties are at attempt 2 \\(${phase}\\)`),
  })),
  {
    when: 'a party has activated a generation that is not final there',
    seen: threeParties(one, auxiliaryReport(2, { final: 1 }), one),
    step: /^AttemptRunning .* attempt 2 \(Activated\)/,
  },
  {
    when: 'an attempt never got all acknowledgements and is given up',
    cluster: asked({ [ROTATE]: 'x' }),
    seen: threeParties(...(['Acknowledged', 'Failed'] as const).map(phase => ({ ...trying(phase), ...stocked }))),
    attempts: { failed: 2 },
    step: /^attempt 3 annotation@x$/,
  },
  {
    when: 'an annotation asks for another',
    cluster: asked({ [ROTATE]: 'x' }),
    seen: threeParties(one),
    step: /^attempt 2 annotation@x$/,
  },
  {
    when: 'what the annotation asks for was carried out, by the word of any party',
    cluster: asked({ [ROTATE]: 'x' }),
    seen: threeParties(auxiliaryReport(2), ledTo('annotation', 'x'), auxiliaryReport(2)),
    step: /^none/,
  },
  {
    when: 'the annotation has another value than the last carried out',
    cluster: asked({ [ROTATE]: 'y' }),
    seen: threeParties(ledTo('annotation', 'x')),
    step: /^attempt 3 annotation@y$/,
  },
  {
    when: 'a policy asks, and a person, the person is first',
    cluster: asked({ [POLICY]: SLOT, [ROTATE]: 'x' }),
    seen: threeParties(one),
    step: /^attempt 2 annotation@x$/,
  },
  {
    when: 'a policy asks',
    cluster: asked({ [POLICY]: SLOT }),
    seen: threeParties(one),
    step: /^attempt 2 policy\/nightly@2026-11-21T00:00:00Z$/,
  },
  {
    when: 'the slot of the policy was carried out',
    cluster: asked({ [POLICY]: SLOT }),
    seen: threeParties(ledTo('policy/nightly', SLOT)),
    step: /^none/,
  },
  {
    when: 'the annotation asks for a refresh of a key, which an MpcCluster is not',
    cluster: asked({ 'mpc.keyshare.dev/refresh': 'x' }),
    seen: threeParties(one),
    step: /^none/,
  },
  {
    when: 'the value of the annotation is longer than parties take',
    cluster: asked({ [ROTATE]: 'x'.repeat(129) }),
    seen: threeParties(one),
    step: /^none the value of annotation has more than 128 characters: take a shorter one/,
  },
  {
    when: 'a party was added',
    cluster: four,
    seen: fourParties(one, one, one, none),
    step: /^attempt 2 parties@1-2-3-4$/,
  },
  {
    when: 'a party was added, and the generation for it is there',
    cluster: four,
    seen: fourParties(auxiliaryReport(2, { parties: [1, 2, 3, 4] })),
    step: /^none/,
  },
  {
    when: 'a party was added and asked for: the generation serves both, one after the other',
    cluster: mpcCluster({ parties: four.spec.parties }, { annotations: { [ROTATE]: 'x' } }),
    seen: fourParties(one, one, one, none),
    step: /^attempt 2 parties@1-2-3-4$/,
  },
  {
    when: 'a party has lost the generation that it is part of: to make another is for people to say',
    seen: threeParties(one, one, none),
    step: /^none/,
  },
  {
    when: 'most parties have seen a higher number',
    cluster: asked({ [ROTATE]: 'x' }),
    seen: threeParties(one, auxiliaryReport(1, { highest: 7 }), auxiliaryReport(1, { highest: 8 })),
    step: /^attempt 8 /,
  },
  {
    when: 'one party says that it has seen nearly the last number',
    cluster: asked({ [ROTATE]: 'x' }),
    seen: threeParties(one, one, auxiliaryReport(1, attemptAt(2 ** 31 - 2, 'Failed'))),
    step: /^attempt 2 /,
  },
  {
    when: 'a higher number was given out',
    cluster: asked({ [ROTATE]: 'x' }),
    seen: threeParties(one),
    attempts: { number: 9 },
    step: /^attempt 10 /,
  },
  {
    when: 'the parties have not shown yet that they began',
    seen: threeParties(none),
    attempts: { number: 1, shownBy: NOW + 1 },
    step: /^AttemptCommanded the parties begin attempt 1 1000001/,
  },
  {
    when: 'the last attempt failed a moment ago',
    seen: threeParties(none),
    attempts: { number: 1, failed: 1, failures: 1, notBefore: NOW + 5_000, message: 'party 3 did not answer' },
    step: /^BackingOff party 3 did not answer 1005000/,
  },
  {
    when: 'no higher number is left',
    cluster: asked({ [ROTATE]: 'x' }),
    seen: threeParties(auxiliaryReport(1, { highest: 2 ** 31 - 1 })),
    step: /^NumbersExhausted/,
  },
  {
    when: 'nothing may be begun',
    seen: threeParties(none),
    hold: { reason: 'Paused', message: 'it is paused' },
    step: /^Paused it is paused/,
  },
];

describe('the next step of auxiliary information', () => {
  for (const found of cases) {
    test(`when ${found.when}`, () => assert.match(shown(found), found.step));
  }
});
