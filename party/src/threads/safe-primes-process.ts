/**
 * The program of `makeSafePrimes`. It writes four safe primes, of as many bits as its argument says, to file descriptor
 * 3.
 */
import { generatePrimeSync } from 'node:crypto';
import { Socket } from 'node:net';
import { sendFrame } from '../process-pipe.ts';
import { primesLayout } from '../protocol/signing/cggmp24/auxiliary-record.ts';

const primeBits = Number(process.argv[2]);
const primes = new Set<bigint>();
while (primes.size < 4) primes.add(generatePrimeSync(primeBits, { safe: true, bigint: true }));
const [p = 0n, q = 0n, ringP = 0n, ringQ = 0n] = primes;

const stream = new Socket({ fd: 3 });
sendFrame(stream, primesLayout({ primeBits }).encode({ p, q, ringP, ringQ }));
stream.end();
