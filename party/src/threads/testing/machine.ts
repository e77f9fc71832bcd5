import type { EcdsaMachine } from '../../auxiliary/auxiliary-service.ts';
import { Secret } from '../../secret.ts';
import type { PartyId } from '../../session/errors.ts';
import { primesLayout } from '../../signing/cggmp24/auxiliary-record.ts';
import { testParameters } from '../../signing/cggmp24/testing/parameters.ts';
import { testPrimes } from '../../signing/cggmp24/testing/primes.ts';

/** Parameters of no security, and primes that are no secret: each party has its own four. */
export const testMachine = (party: PartyId): EcdsaMachine => ({
  thread: new URL('./worker.ts', import.meta.url),
  makePrimes: async () => {
    const [p = 0n, q = 0n, ringP = 0n, ringQ = 0n] = testPrimes.slice(4 * party - 4, 4 * party);
    return new Secret(primesLayout(testParameters).encode({ p, q, ringP, ringQ }));
  },
});
