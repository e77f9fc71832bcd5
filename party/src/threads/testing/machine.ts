import type { EcdsaMachine } from '../../auxiliary/auxiliary-service.ts';
import { Secret } from '../../protocol/secret.ts';
import type { PartyId } from '../../protocol/session/party-id.ts';
import { primesLayout } from '../../protocol/signing/cggmp24/auxiliary-record.ts';
import { testParameters } from '../../protocol/signing/cggmp24/testing/parameters.ts';
import { testPrimes } from '../../protocol/signing/cggmp24/testing/primes.ts';

/** A machine for tests: parameters of no security, and for each party four primes of its own, which are no secret. */
export const testMachine = (party: PartyId): EcdsaMachine => ({
  thread: new URL('./worker.ts', import.meta.url),
  makePrimes: async () => {
    const [p = 0n, q = 0n, ringP = 0n, ringQ = 0n] = testPrimes.slice(4 * party - 4, 4 * party);
    return new Secret(primesLayout(testParameters).encode({ p, q, ringP, ringQ }));
  },
});
