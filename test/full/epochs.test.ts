/** Row R1 of the attack list, at length. */
import { test } from 'node:test';
import { anyQuorumSignsAndAllEndInOneEpoch } from '@mpc-operator/party/epochs/testing/chaos';
import fc from 'fast-check';

test('whatever happens to parties between two epochs, any quorum signs and all end in one', () => {
  fc.assert(anyQuorumSignsAndAllEndInOneEpoch, { numRuns: 5_000 });
});
