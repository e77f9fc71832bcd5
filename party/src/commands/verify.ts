/**
 * Checks the certificate of a key against fingerprints noted out of band:
 *
 *     kubectl get keyshareset NAME -o json | node party/src/commands/verify.ts 1=FINGERPRINT 2=FINGERPRINT ...
 *
 * The command needs no cluster, no network and no trust in either. Exit code 0: all parties have signed the
 * certificate, and the status shows what they have signed of the key; 1: not so, with the reasons; 2: the usage is
 * wrong.
 */
import { readFileSync } from 'node:fs';
import { type Certificate, certificate } from '@mpc-operator/crds/control';
import * as z from 'zod';
import { faultsOf } from '../epochs/verify-certificate.ts';
import { type ShownKey, shownKey } from '../keys/shown-key.ts';
import { type Outcome, parseFingerprints } from './fingerprints.ts';

const USAGE = `usage: kubectl get keyshareset NAME -o json | verify PARTY=FINGERPRINT...

Checks that every party has signed the certificate in the key's status, and that public key and addresses there are \
those of
the key that they have signed; prints them. FINGERPRINT is the SHA-256 of the party's
identity key, from \`kubectl get mpccluster -o yaml\`, noted when the cluster was made.
`;

/**
 * The command without its input and output: `args` are the arguments after the script's name, `input` is the
 * KeyShareSet or its certificate, in JSON.
 */
export function verifyCommand(args: readonly string[], input: string): Outcome {
  const expected = parseFingerprints(args);
  if (typeof expected === 'string') return { code: 2, text: `${expected}\n\n${USAGE}` };
  if (expected.size === 0) return { code: 2, text: USAGE };
  const read = readKey(input);
  if (typeof read === 'string') return { code: 2, text: `${read}\n` };
  const { found, status } = read;
  const unsigned = faultsOf(found, expected);
  if (unsigned.length > 0) return notVerified(unsigned);
  const { keyId, threshold, acks, epoch } = found;
  const key = shownKey(found, found.publicKey);
  const shownFaults = status === undefined ? [] : faultsOfStatus(status, key);
  if (shownFaults.length > 0) return notVerified(shownFaults);
  const addresses = key.addresses.map(({ chain, network, address }) => `  ${chain} ${network}: ${address}\n`).join('');
  const what = `key ${keyId}, ${threshold} of ${acks.length}, epoch ${epoch}`;
  return { code: 0, text: `verified: ${what}\n  public key: ${key.publicKey}\n${addresses}${unverified(status)}` };
}

const notVerified = (faults: readonly string[]): Outcome => ({
  code: 1,
  text: `NOT verified:\n${faults.map(f => `  ${f}\n`).join('')}`,
});

/** The note that children are not verified: they follow from the chain code, and a certificate has only its hash. */
const unverified = (status: Status | undefined): string =>
  status === undefined || status.derivations.length === 0
    ? ''
    : `not verified: status.derivations (${status.derivations.length}), which only the parties can compute\n`;

/**
 * The faults of a status. Anybody who writes the status could show the public key or addresses of another key beside
 * the right certificate.
 */
function faultsOfStatus(status: Status, key: ShownKey): string[] {
  const named = ({ chain, network, address }: Status['addresses'][number]) => `${chain} ${network} address ${address}`;
  const mine = new Set(key.addresses.map(named));
  return [
    ...(status.publicKey === key.publicKey
      ? []
      : [`status.publicKey is ${status.publicKey}, but the key that the parties have signed has ${key.publicKey}`]),
    ...status.addresses.flatMap(shown => (mine.has(named(shown)) ? [] : [`the ${named(shown)} is not the key's`])),
  ];
}

/** The fields that a KeyShareSet shows beside its certificate. */
const status = z.looseObject({
  publicKey: z.string().max(66),
  addresses: z.array(z.object({ chain: z.string(), network: z.string(), address: z.string() })).default([]),
  derivations: z.array(z.unknown()).default([]),
});
type Status = z.infer<typeof status>;

/** The certificate in the input, and the status around it, if there is one; or why the input holds no certificate. */
function readKey(input: string): { found: Certificate; status: Status | undefined } | string {
  let json: unknown;
  try {
    json = JSON.parse(input);
  } catch {
    return 'standard input is not JSON: pipe `kubectl get keyshareset NAME -o json` into it';
  }
  const inStatus = (json as { status?: { certificate?: unknown } } | null)?.status;
  const parsed = certificate.safeParse(withoutOmissions(inStatus?.certificate ?? json));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `no certificate on standard input: ${issue?.path.join('.')} ${issue?.message}`;
  }
  if (inStatus === undefined) return { found: parsed.data, status: undefined };
  const shown = status.safeParse(inStatus);
  return shown.success
    ? { found: parsed.data, status: shown.data }
    : 'no status of a KeyShareSet on standard input: ' +
        `${shown.error.issues[0]?.path.join('.')} ${shown.error.issues[0]?.message}`;
}

/** Adds the empty lists that the API server leaves out. */
const withoutOmissions = (c: unknown): unknown => (typeof c === 'object' ? { approvers: [], admins: [], ...c } : c);

if (import.meta.main) {
  const args = process.argv.slice(2);
  const outcome = verifyCommand(args, args.length === 0 || args.includes('--help') ? '' : readFileSync(0, 'utf8'));
  (outcome.code === 0 ? process.stdout : process.stderr).write(outcome.text);
  process.exitCode = outcome.code;
}
