/** The written form of evidence: JSON with all bytes in hex, so that every object has one form and one signature. */
import * as z from 'zod';
import { canonicalJson } from '../canonical-json.ts';
import { MAX_PARTY } from '../session/context.ts';
import { encodeUnambiguously, taggedHash } from '../session/transcript.ts';
import { absorbable } from './absorbable.ts';
import { bytesInHex, bytesUpTo, ordered, text } from './fields.ts';
import { statement } from './statement.ts';

/** The longest text that is parsed. The largest session has 64 parties, and the largest proof of a party has 8 MB. */
export const MAX_EVIDENCE_BYTES = 64 * 1024 * 1024;
const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;
/**
 * The most values that evidence may hold, counting numbers, texts, lists and objects: several times what a session of
 * 64 parties needs. Each further value would only make the refusal take longer.
 */
const MAX_VALUES = 16_384;

const party = z.int().min(1).max(MAX_PARTY);

const message = z.strictObject({
  from: party,
  /** Session id, type, round, sequence, sender, recipient, hash of the payload. */
  signed: bytesUpTo(160),
  signature: bytesInHex(64),
  payload: bytesUpTo(MAX_PAYLOAD_BYTES).optional(),
});
export type ShownMessage = z.infer<typeof message>;

const session = z.strictObject({
  session: text(128),
  protocol: text(64),
  suite: text(64),
  key: text(256),
  epoch: z.int().min(0).max(0xffffffff),
  threshold: party,
  members: z.array(z.strictObject({ id: party, identity: bytesInHex(32) })).max(MAX_PARTY),
  extras: ordered(z.array(z.strictObject({ name: text(32), value: absorbable })).max(32), ({ name }) => name),
});
export type ShownSession = z.infer<typeof session>;

/** An echo round by whose messages the accused is judged. */
const round = z.strictObject({
  round: text(32),
  /** The messages of all parties, ascending by party. */
  messages: z.array(message).max(MAX_PARTY),
  /** The view of the accused: its signed statement that it received exactly these messages. */
  view: message,
});
export type ShownRound = z.infer<typeof round>;

export const evidenceObject = z.strictObject({
  version: z.literal(1),
  session,
  statement,
  /** The hellos of all parties, ascending by party. Before there is a session id: the hello of the accused, or none. */
  hellos: z.array(message).max(MAX_PARTY),
  rounds: z.array(round).max(8),
  check: text(64),
  /** The messages of the accused that break the protocol. */
  messages: z.array(message).min(1).max(2),
  reporter: party,
  /** The signature of the reporter over all other fields. */
  signature: bytesInHex(64),
});

/**
 * Evidence that one party broke the protocol in a session, for anybody who knows the identity of that party. The
 * reporter has signed all of the evidence.
 */
export type EvidenceObject = z.infer<typeof evidenceObject>;
export type UnsignedEvidence = Omit<EvidenceObject, 'signature'>;

/** The bytes that the reporter signs. */
export function reportedBytes(evidence: UnsignedEvidence): Uint8Array {
  const { version, session, statement, hellos, rounds, check, messages, reporter } = evidence;
  const json = canonicalJson({ version, session, statement, hellos, rounds, check, messages, reporter });
  return encodeUnambiguously(['mpc/v1/evidence', taggedHash('mpc/v1/evidence-content', json)]);
}

/** The evidence that a text holds, or why the text holds none. */
export function readEvidence(
  json: string | Uint8Array,
): { readonly evidence: EvidenceObject } | { readonly fault: string } {
  if (json.length > MAX_EVIDENCE_BYTES) return { fault: `more than ${MAX_EVIDENCE_BYTES} bytes` };
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(json).toString());
  } catch {
    return { fault: 'not JSON' };
  }
  if (hasMoreThan(MAX_VALUES, value)) return { fault: `more than ${MAX_VALUES} values` };
  const parsed = evidenceObject.safeParse(value);
  if (parsed.success) return { evidence: parsed.data };
  const [issue] = parsed.error.issues;
  return { fault: `${issue?.path.join('.') || 'the object'}: ${issue?.message}` };
}

/**
 * Whether a value from JSON.parse holds more than `limit` values. Without recursion: a text can nest deeper than the
 * stack.
 */
function hasMoreThan(limit: number, value: unknown): boolean {
  const ahead = [value];
  for (let seen = 1; ahead.length > 0; seen++) {
    const next = ahead.pop();
    const parts = typeof next === 'object' && next !== null ? Object.values(next) : [];
    if (seen + ahead.length + parts.length > limit) return true;
    ahead.push(...parts);
  }
  return false;
}
