/**
 * Checks the certificate of a key against fingerprints noted out of band:
 *
 *     kubectl get keyshareset NAME -o json | node party/src/commands/verify.ts 1=FINGERPRINT 2=FINGERPRINT ...
 *
 * Needs no cluster, no network and no trust in either. Exit code 0: all parties have signed; 1: they have not, and why; 2: usage.
 */
import { readFileSync } from 'node:fs';
import { type Certificate, certificate } from '@mpc-operator/crds/control';
import { faultsOf } from '../epochs/verify-certificate.ts';

const USAGE = `usage: kubectl get keyshareset NAME -o json | verify PARTY=FINGERPRINT...

Checks that every party has signed the certificate in the key's status. FINGERPRINT is the SHA-256 of the party's
identity key, from \`kubectl get mpccluster -o yaml\`, noted when the cluster was made.
`;

export interface Outcome {
  readonly code: 0 | 1 | 2;
  readonly text: string;
}

/** The command without its edges: `args` as after the script's name, `input` the KeyShareSet or its certificate, in JSON. */
export function verifyCommand(args: readonly string[], input: string): Outcome {
  const pairs = args.map(arg => /^(\d{1,2})=([0-9a-fA-F]{64})$/.exec(arg));
  const wrong = args.find((_, i) => pairs[i] === null);
  if (args.length === 0 || wrong !== undefined) {
    const why = wrong === undefined ? '' : `"${wrong}" is not PARTY=FINGERPRINT (64 hexadecimal digits)\n\n`;
    return { code: 2, text: why + USAGE };
  }
  const expected = new Map(pairs.flatMap(p => (p === null ? [] : [[Number(p[1]), p[2] ?? ''] as const])));
  const found = readCertificate(input);
  if (typeof found === 'string') return { code: 2, text: `${found}\n` };
  const faults = faultsOf(found, expected);
  if (faults.length > 0) return { code: 1, text: `NOT verified:\n${faults.map(f => `  ${f}\n`).join('')}` };
  const { keyId, publicKey, threshold, acks, epoch } = found;
  return {
    code: 0,
    text: `verified: key ${keyId}, ${threshold} of ${acks.length}, epoch ${epoch}, group key ${publicKey}\n`,
  };
}

function readCertificate(input: string): Certificate | string {
  let json: unknown;
  try {
    json = JSON.parse(input);
  } catch {
    return 'standard input is not JSON: pipe `kubectl get keyshareset NAME -o json` into it';
  }
  const inStatus = (json as { status?: { certificate?: unknown } } | null)?.status?.certificate;
  const parsed = certificate.safeParse(withoutOmissions(inStatus ?? json));
  return parsed.success
    ? parsed.data
    : `no certificate on standard input: ${parsed.error.issues[0]?.path.join('.')} ${parsed.error.issues[0]?.message}`;
}

/** The API server leaves empty lists out. */
const withoutOmissions = (c: unknown): unknown => (typeof c === 'object' ? { approvers: [], admins: [], ...c } : c);

if (import.meta.main) {
  const args = process.argv.slice(2);
  const outcome = verifyCommand(args, args.length === 0 || args.includes('--help') ? '' : readFileSync(0, 'utf8'));
  (outcome.code === 0 ? process.stdout : process.stderr).write(outcome.text);
  process.exitCode = outcome.code;
}
