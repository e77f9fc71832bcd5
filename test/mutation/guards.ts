/**
 * The guards of the attack list: what each guard is, where it is, and which test turns red without it. `make
 * test-mutation` takes each guard out in turn; docs/reference/guards.md is made of this list.
 */

export interface Guard {
  /** The row of the attack list, such as P1. */
  readonly row: string;
  /** What an attacker could do without it. */
  readonly attack: string;
  /** The path of the file, from the root of the repository. */
  readonly file: string;
  /** The code of the guard, exactly as it is in the file, where it is once. */
  readonly code: string;
  /** The code that stands there when the guard is gone. */
  readonly without: string;
  readonly test: string;
  /** The beginning of the names of the tests that turn red. */
  readonly tests: string;
}

const CGGMP24 = 'party/src/protocol/signing/cggmp24';
const AUX_INFO = `${CGGMP24}/aux-info-checks.ts`;
const ATTACKS = `${CGGMP24}/attacks.test.ts`;
const MOD = `${CGGMP24}/proofs/mod.ts`;
const ONLINE = `${CGGMP24}/online-view.ts`;
const ONLINE_TEST = `${CGGMP24}/online.test.ts`;
const PAILLIER = `${CGGMP24}/paillier/paillier.ts`;
const PAILLIER_TEST = `${CGGMP24}/paillier/paillier.test.ts`;
const PROOF_ATTACKS = `${CGGMP24}/proofs/attacks.test.ts`;
const PROOFS_TEST = `${CGGMP24}/proofs/proofs.test.ts`;
const RING = `${CGGMP24}/paillier/ring-pedersen.ts`;
const VIEW = 'party/src/protocol/session/view.ts';
const EQUIVOCATION_TEST = 'party/src/protocol/session/equivocation-attacks.test.ts';
const EVIDENCE = 'party/src/protocol/evidence';
const FRAMING = `${EVIDENCE}/framing.test.ts`;
const REQUESTED_DATA = 'party/src/requests/requested-data.ts';
const REQUESTED_DATA_TEST = 'party/src/requests/requested-data.test.ts';
const SIGN_ECDSA = 'party/src/requests/sign-ecdsa.ts';
const SIGN_ECDSA_TEST = 'party/src/requests/sign-ecdsa.test.ts';
const PRIMES = 'party/src/auxiliary/primes.ts';
const PRIMES_TEST = 'party/src/auxiliary/primes.test.ts';
const POOL = 'party/src/presignatures/pool.ts';
const POOL_TEST = 'party/src/presignatures/pool.test.ts';
const BANS = 'party/src/bans/bans.ts';
const LIFTING_TEST = 'party/src/bans/lifting.test.ts';
const EXCLUDING_HOST = 'party/src/bans/excluding-host.ts';
const EXCLUDING_HOST_TEST = 'party/src/bans/excluding-host.test.ts';
const HD = 'party/src/protocol/signing/hd.ts';
const HD_TEST = 'party/src/protocol/signing/hd.test.ts';

const NUMBERS_TEST = 'party/src/ceremonies/attempt-numbers.test.ts';
const ADMIT = 'party/src/epochs/admit.ts';
const ADMIT_TEST = 'party/src/epochs/admit.test.ts';

type Place = Pick<Guard, 'row' | 'file' | 'test' | 'tests'>;

const guard = (place: Place, attack: string, code: string, without = ''): Guard => ({
  ...place,
  attack,
  code,
  without,
});

const modulusForm: Place = { row: 'P1', file: PAILLIER, test: PAILLIER_TEST, tests: 'P1: a modulus of another length' };
const bases: Place = { row: 'P3', file: RING, test: PAILLIER_TEST, tests: 'P3: bases that hide nothing' };
const safePrimes: Place = { row: 'P10', file: PAILLIER, test: PAILLIER_TEST, tests: 'P10' };
const challenge = (name: string): Place => ({
  row: 'P5',
  file: `${CGGMP24}/proofs/${name}.ts`,
  test: PROOFS_TEST,
  tests: 'P5, P8',
});
const statement = (name: string): Place => ({ ...challenge(name), row: 'P8' });
const range = (name: string): Place => ({
  row: 'P6',
  file: `${CGGMP24}/proofs/${name}.ts`,
  test: PROOF_ATTACKS,
  tests: 'P6',
});
/** The place of a guard in a file of evidence. `tests` is the beginning of the test's name after its row. */
const framed = (file: string, tests: string, row = 'A5'): Place => ({
  row,
  file: `${EVIDENCE}/${file}`,
  test: FRAMING,
  tests: `${row}: ${tests}`,
});
const online = (row: string): Place => ({ row, file: ONLINE, test: ONLINE_TEST, tests: row });

export const guards: readonly Guard[] = [
  guard(modulusForm, 'a shorter modulus is easier to factor', 'bitLength(n) !== 2 * primeBits', 'false'),
  guard(modulusForm, 'an even modulus', '(n & 1n) === 0n', 'false'),
  guard(modulusForm, 'a prime modulus, whose owner opens everything', 'checkPrimeSync(n)) return', 'false) return'),
  guard(
    { row: 'P1', file: AUX_INFO, test: ATTACKS, tests: 'P1: one modulus for two uses' },
    'one modulus as Paillier key and for commitments',
    'n === ringN || ',
  ),
  guard(
    { row: 'P1', file: AUX_INFO, test: ATTACKS, tests: 'P1: two parties with one modulus' },
    'two parties with one modulus',
    'others.includes(n) || others.includes(ringN)',
    'false',
  ),
  guard(
    { row: 'P1', file: `${CGGMP24}/proofs/fac.ts`, test: PROOF_ATTACKS, tests: 'P1: a modulus with a small factor' },
    'a modulus with small factors gives shares away (BitForge, CVE-2023-33241)',
    '!isWithin(z1, bound) || !isWithin(z2, bound) || ',
  ),
  guard(
    { row: 'P1', file: AUX_INFO, test: ATTACKS, tests: 'P1: a proof of its factors' },
    'a Paillier key without Πfac',
    'fac(parameters).verify(',
    'true || fac(parameters).verify(',
  ),
  guard(
    { row: 'P2', file: AUX_INFO, test: ATTACKS, tests: 'P1, P2: a proof of the modulus' },
    'a Paillier key without Πmod',
    'mod(parameters).verify(',
    'true || mod(parameters).verify(',
  ),
  guard(
    { row: 'P2', file: MOD, test: PROOF_ATTACKS, tests: 'P2' },
    'Πmod forged with a w that is no unit (CVE-2025-66016)',
    'if (!modulus.areUnits(w, ...ys, ...responses.flatMap(({ x, z }) => [x, z])) || jacobi(w, n) !== -1) return false;',
  ),
  guard(
    { row: 'P2', file: MOD, test: PROOFS_TEST, tests: 'P5, P8: any change' },
    'Πmod without the roots that show that N and φ(N) have no common factor',
    ' && modulus.power(z, modulus.value) === y',
  ),
  guard(bases, 'bases that are no units', '!modulus.areUnits(base)', 'false'),
  guard(bases, 'bases 1 and -1 hide nothing', 'base === 1n || base === modulus.value - 1n', 'false'),
  guard(bases, 'bases that are no squares give a bit away', 'jacobi(base, modulus.value) !== 1', 'false'),
  guard(bases, 'equal bases bind to nothing', "if (s === t) throw new RangeError('s and t are the same');"),
  guard(
    { row: 'P3', file: AUX_INFO, test: ATTACKS, tests: 'P3: bases of which nobody' },
    'bases without Πprm (CVE-2020-12118)',
    'prm(parameters).verify(',
    'true || prm(parameters).verify(',
  ),
  guard(
    { row: 'P4', file: `${CGGMP24}/proofs/proof-system.ts`, test: PROOF_ATTACKS, tests: 'P4: challenges' },
    'a challenge narrower than it looks is guessed',
    'const bytes = transcript.bytes(Math.ceil(count / 8));',
    'const bytes = new Uint8Array(Math.ceil(count / 8)).fill(transcript.bytes(1)[0] ?? 0);',
  ),
  guard(
    challenge('enc-elg'),
    'commitments of Πenc-elg chosen after the challenge',
    "\n        .absorb('commitments', S, T, D, curve.encodeForHash(Y), curve.encodeForHash(Z))",
  ),
  guard(
    challenge('aff-g'),
    'commitments of Πaff-g chosen after the challenge',
    "\n        .absorb('commitments', A, curve.encodeForHash(Bx), By, E, S, F, T)",
  ),
  guard(challenge('prm'), 'commitments of Πprm chosen after the challenge', ".absorb('commitments', ...commitments)"),
  guard(
    challenge('fac'),
    'commitments of Πfac chosen after the challenge',
    "\n        .absorb('commitments', P, Q, A, B, T)",
  ),
  guard(challenge('mod'), 'w of Πmod chosen after the challenge', ".absorb('w', w)"),
  guard(
    challenge('elog'),
    'commitments of Πelog chosen after the challenge',
    "\n        .absorb('commitments', ...[A, N, B].map(p => curve.encodeForHash(p)))",
  ),
  guard(challenge('dec'), 'commitments of Πdec chosen after the challenge', "\n      .absorb('commitments', ...shown)"),
  guard(statement('enc-elg'), 'Πenc-elg of another ciphertext', 'key.n.value, C, ...points', 'key.n.value, ...points'),
  guard(
    statement('aff-g'),
    'Πaff-g of another share (MtAwc)',
    ", curve.encodeForHash(X))\n        .absorb('ring",
    ")\n        .absorb('ring",
  ),
  guard(
    statement('aff-g'),
    'Πaff-g under other commitments',
    "\n        .absorb('ring-Pedersen', ring.modulus.value, ring.s, ring.t)",
  ),
  guard(statement('fac'), 'Πfac of another modulus', "\n        .absorb('modulus', n)"),
  guard(range('enc-elg'), 'a nonce that is too long wraps around the modulus', '!isWithin(z1, wide)', 'false'),
  guard(range('aff-g'), 'a factor that is too long wraps around the modulus', '!isWithin(z1, wide) || '),
  guard(range('aff-g'), 'a mask that is too long wraps around the modulus', ' || !isWithin(z2, wider)'),
  guard(
    { row: 'P9', file: PAILLIER, test: PAILLIER_TEST, tests: 'P9' },
    'ciphertexts out of range',
    'cs.every(c => 0n < c && c < this.nn.value) && ',
  ),
  guard(
    { row: 'P9', file: PAILLIER, test: PAILLIER_TEST, tests: 'P9' },
    'ciphertexts with a common factor with N',
    ' && this.n.areUnits(this.n.multiply(...cs))',
  ),
  guard(
    safePrimes,
    'a key of one prime twice',
    "if (p === q) throw new RangeError('a Paillier key of one prime twice');",
  ),
  guard(safePrimes, 'a key of primes that are not safe', ' || !isSafePrime(prime)'),
  guard(
    { row: 'P11', file: 'party/src/protocol/session/context.ts', test: PROOFS_TEST, tests: 'P11' },
    'a proof shown by another prover (CVE-2022-47930)',
    'protocol, label, prover, ',
    'protocol, label, ',
  ),
  guard(
    { row: 'P11', file: 'party/src/protocol/session/context.ts', test: PROOFS_TEST, tests: 'P11' },
    'a proof shown in another role',
    'protocol, label, prover, ',
    'protocol, prover, ',
  ),
  guard(
    { row: 'P11', file: 'party/src/protocol/session/context.ts', test: PROOFS_TEST, tests: 'P11' },
    'a proof shown in another session',
    "new Transcript('mpc/v1/proof', sid, ",
    "new Transcript('mpc/v1/proof', ",
  ),
  guard(
    { row: 'F6', file: AUX_INFO, test: ATTACKS, tests: 'F6' },
    'a modulus chosen after those of the other parties',
    "equal(view.hashReveal(from, reveal), shown.of('commit').get(from))",
    "shown.of('commit').has(from) || reveal === undefined",
  ),
  guard(
    { row: 'D1', file: `${CGGMP24}/presignature.ts`, test: ONLINE_TEST, tests: 'D1: a presignature signs once' },
    'two signatures from one presignature give the key away',
    'const { presigned, seed } = this.#taken;\n    this.#taken = undefined;',
    'const { presigned, seed } = this.#taken;',
  ),
  guard(
    { ...online('D1'), file: `${CGGMP24}/online.ts` },
    'other signers than those of the presignature',
    'party.parties.join() !== terms.signers.join()',
    'false',
  ),
  guard(
    online('D2'),
    'one nonce for two messages (Groth-Shoup, CVE-2025-66017)',
    "\n        .absorb('digest', data.digest)",
  ),
  guard(
    online('D2'),
    'one nonce for two paths',
    'curve.encodeForHash(key.point),\n          curve.encodeScalar(key.tweak.offset),',
  ),
  guard(
    online('D4'),
    'a seed chosen after those of the other parties',
    'equal(commitToSeed(id, from, revealed), seedCommitments.get(from))',
    'from > 0 || revealed.length === 0',
  ),
  guard(
    { row: 'D8', file: HD, test: HD_TEST, tests: 'D8' },
    'a hardened path taken for another one',
    "if (/^\\d+['hH]$/.test(part))",
    'if (part === undefined)',
  ),
  guard(
    { row: 'D8', file: HD, test: HD_TEST, tests: 'D8' },
    'an index with two spellings',
    '!/^(0|[1-9]\\d{0,9})$/.test(part) || ',
  ),
  guard(
    {
      row: 'D10',
      file: 'party/src/protocol/signing/ecdsa.ts',
      test: 'party/src/protocol/signing/ecdsa.test.ts',
      tests: 'D10',
    },
    'a second signature made from the first one',
    'isHigh ? curve.negateScalar(s) : s',
    's',
  ),
  guard(
    { row: 'I1', file: `${CGGMP24}/proofs/prm.ts`, test: PROOFS_TEST, tests: 'P5, P8: any change' },
    'a proof without items',
    'commitments.length !== challengeBits || responses.length !== challengeBits',
    'false',
  ),
  guard(
    { row: 'A5', file: `${CGGMP24}/interactive.ts`, test: ATTACKS, tests: 'A5: a wrong partial signature' },
    'a wrong partial signature, for which no party is named',
    'isPartialSignature(view.curve, view.nonce, m, from, sigma)',
    'from > 0 || isPartialSignature(view.curve, view.nonce, m, from, sigma)',
  ),
  guard(
    online('A5'),
    'a wrong partial signature, for which no party is named',
    'isPartialSignature(view.curve, view.nonce, view.m, from, sigma)',
    'from > 0 || isPartialSignature(view.curve, view.nonce, view.m, from, sigma)',
  ),
  guard(
    { row: 'A5', file: `${CGGMP24}/red-alert.ts`, test: ATTACKS, tests: 'A5: who opens another share' },
    'a spoiled presignature, for which no party is named',
    'opened.verify(roles(view.context, about)',
    'true || opened.verify(roles(view.context, about)',
  ),
  guard(
    { row: 'A5', file: `${CGGMP24}/presign.ts`, test: ATTACKS, tests: 'A5: who opens another share' },
    'a spoiled presignature that is used',
    'if (about !== undefined) {',
    'if (about !== undefined && input === undefined) {',
  ),
  guard(
    {
      row: 'A5',
      file: `${CGGMP24}/red-alert.ts`,
      test: `${EVIDENCE}/evidence.test.ts`,
      tests: 'A5: cggmp24/interactive/v1: who multiplies what is no ciphertext',
    },
    'a presignature spoiled with a number that is no ciphertext, for which no party is named',
    'if (!key.areCiphertexts(...kept)) return undefined;',
  ),
  guard(
    { row: 'A5', file: `${CGGMP24}/presign-messages.ts`, test: ATTACKS, tests: 'A5: who opens 0' },
    'a signer that opens 0, for which no party is named',
    'delta: nonZeroScalar(curve)',
    'delta: { ...nonZeroScalar(curve), read: input => curve.decodeScalar(input.take(curve.scalarBytes)) }',
  ),
  guard(
    {
      row: 'A5',
      file: `${CGGMP24}/interactive.ts`,
      test: `${EVIDENCE}/total-checks.test.ts`,
      tests: 'A5: interactive: every check answers',
    },
    'a check that ends with an error instead of an answer, so that no party is named',
    'view.hasNonce && ',
  ),
  guard(
    {
      row: 'A5',
      file: 'party/src/protocol/session/rounds.ts',
      test: 'party/src/protocol/session/accusations.test.ts',
      tests: 'an error in a check',
    },
    'a party that provokes an error in a check is asked again and again',
    'errors.set(from, error);',
    'throw error;',
  ),
  guard(
    {
      row: 'A5',
      file: 'party/src/protocol/session/judge.ts',
      test: 'party/src/protocol/session/judge.test.ts',
      tests: 'a message for nobody in the session',
    },
    'an accusation about a message to no party of the session ends the session of every party that hears it',
    'const codec = this.#isAddressed(header) ? this.#codecOf(header) : undefined;',
    'const codec = this.#codecOf(header);',
  ),
  guard(
    { row: 'T3', file: VIEW, test: EQUIVOCATION_TEST, tests: 'T3: who shows its own message signed once more' },
    'a message that was signed twice passes for the received one, and evidence of all that follows is refused',
    'equal(own.signed, message.signed)',
    'equal(own.signed.subarray(-32), message.signed.subarray(-32))',
  ),
  guard(
    { row: 'T3', file: VIEW, test: EQUIVOCATION_TEST, tests: 'T3: one message with another sequence number' },
    'a hello that is signed twice makes two sessions of one',
    'equal(own.signed, message.signed)',
    'equal(own.signed.subarray(-32), message.signed.subarray(-32))',
  ),
  guard(
    { row: 'T3', file: VIEW, test: 'party/src/protocol/session/judge.test.ts', tests: 'two messages for one place' },
    'a party that signs twice for one place is not convicted by the parties that received one message',
    'equal(first.signed, second.signed)',
    'equal(first.signed.subarray(-32), second.signed.subarray(-32))',
  ),
  guard(
    { row: 'T3', file: VIEW, test: EQUIVOCATION_TEST, tests: 'T3: a message of another type' },
    'a party whose view shows a message that no party sends in the round ends the session, and is not named',
    "if (view.round === HELLO) return header.type === 'hello' ? header : undefined;",
    "if (header.type === 'hello') return header;",
  ),
  guard(
    { row: 'I8', file: 'party/src/protocol/session/inbox.ts', test: EQUIVOCATION_TEST, tests: 'I8: a second' },
    'a message that is signed twice, so that recipients keep different versions of it',
    'Buffer.from(first.signed).equals(envelope.signed)',
    'Buffer.from(first.header.payloadHash).equals(envelope.header.payloadHash)',
  ),
  guard(
    {
      row: 'F3',
      file: 'party/src/protocol/session/context.ts',
      test: 'party/src/protocol/session/context-attacks.test.ts',
      tests: 'F3: an extra',
    },
    'an extra of the name of a field, which takes the place of that field',
    'extraName(name)',
    'name',
  ),
  guard(
    framed('open.ts', 'what another party signs after'),
    'evidence against an honest party, made of messages that it never received',
    'view.payload === undefined || !showsJust(view.payload, opened)',
    'view.payload === undefined',
  ),
  guard(
    framed('open.ts', 'nor does it if that party signs'),
    'evidence against an honest party, made of what other parties say that it received',
    'view.from !== accused || ',
  ),
  guard(
    framed('judge-evidence.ts', 'who copies the modulus', 'P1'),
    'evidence against the party whose modulus was copied',
    'for (const earlier of session.checks.slice(0, index))',
    'for (const earlier of session.checks.slice(0, 0))',
  ),
  guard(
    framed('judge-evidence.ts', 'what was said in one session'),
    'evidence against an honest party, made of its message in another session',
    'header => Buffer.from(header.sid).equals(sid)',
    'header => header.sid.length === sid.length',
  ),
  guard(
    framed('public-checks.ts', 'other auxiliary information'),
    'evidence against an honest party, judged by data that the session was not about',
    'if (!sameBytes(session.extras[name], value))',
    'if (!sameBytes(value, value))',
  ),
  guard(
    framed('open.ts', 'who said hello to three'),
    'evidence against an honest party, judged as if its session had other members',
    'agree(contextFields(parameters), greeting);',
  ),
  guard(
    {
      row: 'A5',
      file: `${EVIDENCE}/verify-evidence.ts`,
      test: 'party/src/commands/verify-evidence.test.ts',
      tests: 'refuted evidence says why',
    },
    'a report that its reporter has not signed',
    '!verifySignature(reporterIdentity, reportedBytes(evidence), unhex(evidence.signature))',
    'evidence.signature.length === 0',
  ),
  guard(
    {
      row: 'A5',
      file: `${EVIDENCE}/verify-evidence.ts`,
      test: `${EVIDENCE}/report.test.ts`,
      tests: 'evidence is about identities',
    },
    'evidence against a stranger that is taken for a party',
    'if (expected.size > 0) compareFingerprints(identities, expected);',
  ),
  guard(
    {
      row: 'P1',
      file: PRIMES,
      test: PRIMES_TEST,
      tests: 'P1: primes are gone',
    },
    "a modulus that was shown in a session that failed is passed off as another party's own in the next one",
    ', { remove: [NAME] }',
    ', {}',
  ),
  guard(
    { row: 'D1', file: POOL, test: POOL_TEST, tests: 'D1: a presignature comes out of the pool once' },
    'two requests are signed from one presignature, which gives the key away',
    "if (this.#byId.delete(id)) presignaturesTotal.inc({ what: 'used' });",
    "presignaturesTotal.inc({ what: 'used' });",
  ),
  guard(
    { row: 'D1', file: SIGN_ECDSA, test: SIGN_ECDSA_TEST, tests: 'D1: what a presignature is used for' },
    'a party that crashed in mid-session uses a presignature again',
    "store.append([{ type: 'PresignatureConsumed', ...consumed }]), ",
  ),
  guard(
    { row: 'D1', file: SIGN_ECDSA, test: SIGN_ECDSA_TEST, tests: 'D1: one that was used before' },
    'a presignature that was used before is left where it can be used again',
    'using presignature = pooled.presignature;',
    'const { presignature } = pooled;',
  ),
  guard(
    { row: 'D3', file: SIGN_ECDSA, test: SIGN_ECDSA_TEST, tests: 'D3: a bare digest' },
    'a bare digest that an attacker chose is signed from a presignature',
    "if ('prehashed' in plain) throw new RangeError(BARE_DIGEST);\n  " +
      'const data = DataToSign.of(plain.message, plain.digest);',
    "const data = 'prehashed' in plain ? " +
      "DataToSign.of(plain.prehashed, 'sha256') : DataToSign.of(plain.message, plain.digest);",
  ),
  guard(
    { row: 'D3', file: REQUESTED_DATA, test: REQUESTED_DATA_TEST, tests: 'D3: a digest of which nobody sees' },
    'anybody who may ask for signatures has bare digests signed, whose messages the parties do not see',
    'if (!allowPrehashed) {',
    'if (purpose === undefined) {',
  ),
  guard(
    { row: 'D4', file: SIGN_ECDSA, test: SIGN_ECDSA_TEST, tests: 'D4: a presignature is led with by its owner' },
    'two parties lead with one presignature at once, for two requests',
    'pooled.owner === leader &&',
  ),
  guard(
    { row: 'A6', file: EXCLUDING_HOST, test: EXCLUDING_HOST_TEST, tests: 'A6: no session with a party that is banned' },
    'a proven cheater goes on with the other keys, bit by bit',
    'if (banned.length > 0)',
    'if (banned.length > job.parties.length)',
  ),
  guard(
    { row: 'A6', file: BANS, test: LIFTING_TEST, tests: 'A6: what a party was forgiven' },
    'a party that has old evidence bans another one again each time that the ban is lifted',
    'if (session !== undefined) this.#lifted.add(liftedBanOf(party, session));',
  ),
  guard(
    { row: 'A6', file: BANS, test: LIFTING_TEST, tests: 'A6: a judgement that ends after' },
    'a judgement that takes long brings back a ban that was lifted meanwhile',
    'if (this.#isSettled(party, evidence)) return;',
    'if (this.has(party)) return;',
  ),
  guard(
    { row: 'A6', file: EXCLUDING_HOST, test: EXCLUDING_HOST_TEST, tests: 'A6: whom a session convicts' },
    'a proven cheater is asked again for the next request',
    'if (error instanceof ProvenMisbehaviour) await this.#bringToJudge(error);',
  ),
  guard(
    { row: 'R1', file: ADMIT, test: ADMIT_TEST, tests: 'R1: a key is not acknowledged beside' },
    'two keys of one name, one made beside the other',
    'return whyNotBeside(others);\n}\n\n/**',
    'return undefined;\n}\n\n/**',
  ),
  guard(
    { row: 'R1', file: ADMIT, test: ADMIT_TEST, tests: 'R1: a key is not activated once' },
    'a key comes back that its parties have given up for a later one of its name',
    'return isKey(key) ? whyNotMake(key, [...keys.values()].filter(isKey)) : undefined;',
    'return undefined;',
  ),
  guard(
    { row: 'R2', file: 'party/src/ceremonies/admission.ts', test: NUMBERS_TEST, tests: 'R2: a number far above' },
    'one order uses up the numbers of attempts, and ends refreshing for ever',
    'if (number > limit)',
    'if (number > limit && limit < 0)',
  ),
];
