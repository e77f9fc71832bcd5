import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KeyShareSet } from '@mpc-operator/crds/generated/api';
import type { PartyViews } from '../../../parties/view.ts';
import { auxiliaryReport, fourParties, threeParties, trying, withAuxiliary } from '../../../testing/auxiliary.ts';
import { keyShareSet, mpcCluster } from '../../../testing/objects.ts';
import { view, views, withView } from '../../../testing/reports.ts';
import { type Attempts, NO_ATTEMPTS } from '../../attempts.ts';
import { auxiliaryReady } from './auxiliary-ready.ts';
import { nextAuxiliary, partiesOf } from './next-auxiliary.ts';

const NOW = 1_000_000;
const ROTATE = 'mpc.keyshare.dev/rotate-auxiliary';

const cluster = mpcCluster();
const asked = (annotations: Record<string, string>) => mpcCluster({}, { annotations });
const ecdsa = (parties: number[]) => keyShareSet({ curve: 'p256', purpose: 'ecdsa', parties });
const four = mpcCluster({ parties: [4, 2, 1, 3].map(id => ({ id, zone: 'a' })) });
const none = auxiliaryReport(0);
const one = auxiliaryReport(1);

const stepOf = (seen: PartyViews, of = cluster, attempts: Partial<Attempts> = {}) =>
  nextAuxiliary({ cluster: of, views: seen, attempts: { ...NO_ATTEMPTS, ...attempts }, now: NOW });

describe('the condition AuxiliaryReady', () => {
  const ready = (seen: PartyViews, of = cluster, attempts: Partial<Attempts> = {}, keys: KeyShareSet[] = []) => {
    const step = stepOf(seen, of, attempts);
    const facts = { ids: partiesOf(of), keys, level: of.spec.securityLevel, views: seen, step };
    const { status, reason, message } = auxiliaryReady(facts);
    return `${status} ${reason} ${message}`;
  };
  const rotating = asked({ [ROTATE]: 'x' });
  const table: readonly [string, string, RegExp][] = [
    [
      'all have it',
      ready(threeParties(one)),
      /^True Final generation 1 of auxiliary information serves all 3 parties$/,
    ],
    ['one of them is silent', ready(withAuxiliary(views([], [1, 2]), one)), /^True Final/],
    ['nobody is heard of', ready(new Map()), /^Unknown NotHeardOf/],
    [
      'there is none yet',
      ready(threeParties({ ...none, primes: 'Generating' })),
      /^False GeneratingPrimes ECDSA keys cannot be made yet: 0\/3 parties have made their safe primes/,
    ],
    ['the first is begun', ready(threeParties(none)), /^False Generating .*: attempt 1 is asked for$/],
    [
      'the first is not active everywhere',
      ready(threeParties(auxiliaryReport(1, { final: 0 }), none, none)),
      /^False AttemptRunning generation 1 of auxiliary information serves only parties 1: the parties are at attempt 1/,
    ],
    [
      'the next is made',
      ready(threeParties(trying('Preparing')), rotating),
      /^True Rotating .*of the next: the parties are at/,
    ],
    [
      'it has failed, and primes are made for another attempt',
      ready(threeParties(trying('Failed', 'party 3 cheated')), rotating),
      /^True RotationFailed generation 1 .*of the next: last attempt 2 failed: party 3 cheated; 0\/3 parties/,
    ],
    [
      'a party needs time for the next, after a failure',
      ready(threeParties(one), rotating, {
        ...{ failed: 3, putOff: 3, failures: 1, notBefore: NOW + 1, message: 'party 3: Busy' },
      }),
      /^True Rotating .*of the next: party 3: Busy$/,
    ],
    [
      'a party was added',
      ready(fourParties(one, one, one, { ...none, primes: 'Generating' }), four),
      /^False GeneratingPrimes generation 1 of auxiliary information serves only parties 1, 2, 3: 3\/4 parties/,
    ],
    [
      'a party was added, and all keys are of the others',
      ready(fourParties(one, one, one, { ...none, primes: 'Generating' }), four, {}, [ecdsa([1, 2, 3])]),
      /^True Rotating generation 1 .* serves parties 1, 2, 3, and all ECDSA keys, but not party 4; of the next: 3\/4/,
    ],
    [
      'a party was added, and a key that needs no auxiliary information is all there is',
      ready(fourParties(one, one, one, none), four, {}, [keyShareSet()]),
      /^False Generating /,
    ],
    [
      'a party of a key has lost it',
      ready(threeParties(one, one, none), cluster, {}, [ecdsa([1, 2, 3])]),
      /^False GenerationMissing/,
    ],
    [
      'a party has lost it that has no key',
      ready(threeParties(one, one, none), cluster, {}, [ecdsa([1, 2])]),
      /^True Final .* serves parties 1, 2, and all ECDSA keys, but not party 3$/,
    ],
    [
      'a party has lost it',
      ready(threeParties(one, one, none)),
      new RegExp(
        '^False GenerationMissing .*serves only parties 1, 2: ' +
          'ask for another by a new value of the annotation mpc.keyshare.dev/rotate-auxiliary',
      ),
    ],
    [
      'it is of the level of a cluster before',
      ready(threeParties({ ...one, level: 112 })),
      /^False OtherLevel generation 1 of auxiliary information is of security level 112, not 128: attempt 2/,
    ],
    [
      'it was asked for in too many words',
      ready(threeParties(one), asked({ [ROTATE]: 'x'.repeat(129) })),
      /^True RotationBlocked .*more than 128/,
    ],
    [
      'a party that has banned another keeps the next from being made',
      ready(
        withAuxiliary(withView(views(), view(1, [], { banned: [{ party: 3, reason: 'a wrong proof' }] })), one),
        rotating,
      ),
      /^True RotationBlocked .*of the next: party 1 runs no session with party 3: a wrong proof/,
    ],
    [
      'a party is missing for the next',
      ready(withAuxiliary(views([], [1, 2]), one), rotating),
      /^True RotationBlocked .*party 3 is not ready/,
    ],
    [
      'a party is missing after a failure',
      ready(withAuxiliary(views([], [1, 2]), trying('Failed', 'party 3 did not answer')), rotating),
      /^True RotationBlocked .*last attempt 2 failed: party 3 did not answer; .*party 3 is not ready/,
    ],
    [
      'no number is left',
      ready(threeParties(auxiliaryReport(1, { highest: 2 ** 31 - 1 })), rotating),
      /^True RotationBlocked/,
    ],
    [
      'primes are made for the next',
      ready(threeParties({ ...one, primes: 'Generating' }), rotating),
      /^True Rotating .*0\/3 parties have made their safe primes/,
    ],
  ];
  for (const [when, found, expected] of table) test(`when ${when}`, () => assert.match(found, expected));
});
