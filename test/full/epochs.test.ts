/** Row R1 of the attack list, at length. */
import { test } from 'node:test';
import { anyQuorumSignsAndAllEndInOneEpoch } from '@mpc-operator/party/epochs/testing/chaos';
import { atMostOneKeyOfTwo } from '@mpc-operator/party/epochs/testing/two-keygens';
import fc from 'fast-check';

test('whatever happens to parties between two epochs, any quorum signs and all end in one', () => {
  fc.assert(anyQuorumSignsAndAllEndInOneEpoch, { numRuns: 5_000 });
});

test('whatever arrives between a decision and its record, of two keygens of one name at most one becomes a key', () => {
  fc.assert(atMostOneKeyOfTwo, { numRuns: 5_000 });
});
