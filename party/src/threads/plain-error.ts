/** Carries errors to another thread without loss of their class: a structured clone would be a plain Error. */
import type { EvidenceObject } from '../protocol/evidence/format.ts';
import { ProvenMisbehaviour } from '../protocol/evidence/with-evidence.ts';
import { ContextMismatch, Misbehaviour, Timeout } from '../protocol/session/errors.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { Evidence } from '../protocol/session/signed-message.ts';

export type PlainError =
  | { readonly kind: 'timeout'; readonly round: string; readonly missing: readonly PartyId[]; readonly why?: string }
  | { readonly kind: 'mismatch'; readonly message: string }
  | {
      readonly kind: 'misbehaviour';
      readonly check: string;
      readonly culprits: readonly PartyId[];
      readonly evidence: readonly Evidence[];
      readonly reports: readonly EvidenceObject[];
    }
  | { readonly kind: 'other'; readonly name: string; readonly message: string };

export function toPlain(error: unknown): PlainError {
  if (error instanceof Timeout) {
    const { round, missing, why } = error;
    return { kind: 'timeout', round, missing, ...(why !== undefined && { why }) };
  }
  if (error instanceof ContextMismatch) return { kind: 'mismatch', message: error.message };
  if (error instanceof Misbehaviour) {
    const { check, culprits, evidence } = error;
    const reports = error instanceof ProvenMisbehaviour ? error.reports : [];
    return { kind: 'misbehaviour', check, culprits, evidence, reports };
  }
  if (error instanceof Error) return { kind: 'other', name: error.name, message: error.message };
  return { kind: 'other', name: 'Error', message: String(error) };
}

export function fromPlain(plain: PlainError): Error {
  switch (plain.kind) {
    case 'timeout':
      return new Timeout(plain.round, plain.missing, plain.why);
    case 'mismatch':
      return new ContextMismatch(plain.message);
    case 'misbehaviour':
      return new ProvenMisbehaviour(new Misbehaviour(plain.check, plain.culprits, plain.evidence), plain.reports);
    case 'other':
      return Object.assign(new Error(plain.message), { name: plain.name });
  }
}
