/**
 * Checks evidence that a party broke the protocol of a session, from nothing but the evidence itself:
 *
 *     node party/src/commands/verify-evidence.ts 1=FINGERPRINT 2=FINGERPRINT ... < evidence.json
 *
 * The command needs no cluster, no network, no secret, and no trust in the reporter. Exit code 0: the evidence is
 * confirmed; 1: it is refuted, with the reason; 2: it cannot be read, or the usage is wrong.
 */
import { readFileSync } from 'node:fs';
import { type EvidenceObject, readEvidence } from '../protocol/evidence/format.ts';
import type { Levels } from '../protocol/evidence/public-checks.ts';
import { verifyEvidence } from '../protocol/evidence/verify-evidence.ts';
import { fingerprint, parsePublicIdentity } from '../protocol/identity/identity.ts';
import { cggmpParameters } from '../protocol/signing/cggmp24/parameters.ts';
import { type Outcome, parseFingerprints } from './fingerprints.ts';

const USAGE = `usage: verify-evidence [PARTY=FINGERPRINT...] < evidence.json

Judges a report that a party broke the protocol, by the messages that it has signed itself. \
FINGERPRINT is the SHA-256 of a party's identity
key, from \`kubectl get mpccluster -o yaml\`, noted when the cluster was made: \
give those of all parties of the session. Without them the
evidence is about whoever has the identities that it shows.

Exit code 0: confirmed; 1: refuted; 2: not readable, or not used like this.
`;

/**
 * The command without its input and output: `args` are the arguments after the script's name, `input` is the evidence
 * in JSON.
 */
export function verifyEvidenceCommand(
  args: readonly string[],
  input: string | Uint8Array,
  levels: Levels = cggmpParameters,
): Outcome {
  if (args.includes('--help')) return { code: 0, text: USAGE };
  const expected = parseFingerprints(args);
  if (typeof expected === 'string') return { code: 2, text: `${expected}\n\n${USAGE}` };
  const read = readEvidence(input);
  if ('fault' in read) return { code: 2, text: `no evidence on standard input: ${read.fault}\n` };
  const { evidence } = read;
  const verdict = verifyEvidence(evidence, expected, levels);
  if (!verdict.confirmed) return { code: 1, text: `REFUTED: ${printable(verdict.reason)}\n` };
  const compared = expected.size > 0 ? '' : '  no fingerprints were given: compare these with those that were noted\n';
  return { code: 0, text: `confirmed: party ${verdict.culprit} broke the protocol\n${summary(evidence)}${compared}` };
}

function summary({ session, check, reporter }: EvidenceObject): string {
  const lines = [
    `check: ${check}`,
    `session: ${session.session}, of ${session.protocol} (${session.suite})`,
    `key: ${session.key}, epoch ${session.epoch}`,
    `reported by: party ${reporter}`,
    ...session.members.map(({ id, identity }) => `party ${id}: ${fingerprint(parsePublicIdentity(identity))}`),
  ];
  return lines.map(line => `  ${printable(line)}\n`).join('');
}

/** Replaces unusual characters: the text comes from a report and goes to a terminal. */
const printable = (text: string): string => text.replace(/[^\x20-\x7e·]/g, '?');

if (import.meta.main) {
  const args = process.argv.slice(2);
  const outcome = verifyEvidenceCommand(args, args.includes('--help') ? '' : readFileSync(0));
  (outcome.code === 0 ? process.stdout : process.stderr).write(outcome.text);
  process.exitCode = outcome.code;
}
