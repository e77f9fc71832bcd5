import { EncodingError } from '../curve/curve.ts';
import { ContextMismatch } from '../session/errors.ts';
import { PresignAborted } from '../signing/cggmp24/presign-view.ts';

/** Why evidence shows nothing. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

export const refuse = (why: string): never => {
  throw new Refusal(why);
};

/** Whether an error is a fault of the evidence, and not of the judge. */
export const isAboutEvidence = (error: unknown): error is Error =>
  [Refusal, ContextMismatch, RangeError, EncodingError, PresignAborted].some(kind => error instanceof kind);
