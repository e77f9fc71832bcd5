import { generatePrime } from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify<number, { safe: true; bigint: true }, bigint>(generatePrime);

/**
 * Two distinct safe primes. OpenSSL sets the two highest bits of each, so that their product has exactly twice their bits. It takes
 * seconds to minutes, in a thread of Node's own pool.
 */
export async function generateSafePrimes(bits: number): Promise<readonly [p: bigint, q: bigint]> {
  const [p, q] = [await safePrime(bits), await safePrime(bits)];
  return p === q ? await generateSafePrimes(bits) : [p, q];
}

const safePrime = (bits: number): Promise<bigint> => generate(bits, { safe: true, bigint: true });
