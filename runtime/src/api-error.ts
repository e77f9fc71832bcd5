/** `metav1.StatusDetails`: what an error is about. */
export interface StatusDetails {
  readonly name?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  /** Seconds to wait before trying again. */
  readonly retryAfterSeconds?: number;
}

/** The API server answered, and the answer is no. `reason` is a `metav1.StatusReason`, empty if it gave none. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: number;
  readonly reason: string;
  readonly details: StatusDetails;

  constructor(status: {
    readonly code: number;
    readonly reason?: string;
    readonly message?: string;
    readonly details?: StatusDetails;
  }) {
    super(status.message || `the API server answered ${status.code}`);
    this.code = status.code;
    this.reason = status.reason ?? '';
    this.details = status.details ?? {};
  }
}

/**
 * Reads the answer to a failed request, or the object of an ERROR event. Proxies and an overloaded server answer in plain
 * text, of which the first 200 characters are kept.
 */
export function parseApiError(code: number, body: string, retryAfter?: string): ApiError {
  const status = parseStatus(body);
  const seconds = Number(retryAfter);
  const details = {
    ...status?.details,
    ...(retryAfter !== undefined && Number.isFinite(seconds) ? { retryAfterSeconds: seconds } : {}),
  };
  return new ApiError({
    code: status?.code ?? code,
    reason: status?.reason ?? '',
    message: status?.message ?? (body.trim().slice(0, 200) || `HTTP ${code}`),
    details,
  });
}

interface Status {
  readonly kind: 'Status';
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: StatusDetails;
}

function parseStatus(body: string): Status | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return isStatus(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isStatus(value: unknown): value is Status {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Status';
}

function is(error: unknown, code: number, ...reasons: readonly string[]): boolean {
  return error instanceof ApiError && error.code === code && (reasons.length === 0 || reasons.includes(error.reason));
}

/** There is no such object. A kind the server does not know is an error of another sort: no `reason`. */
export const isNotFound = (error: unknown): boolean => is(error, 404, 'NotFound');
/**
 * Somebody else changed the object first, or a precondition (uid, resourceVersion) does not hold. A patch with another uid
 * is refused as an attempt to change it.
 */
export const isConflict = (error: unknown): boolean =>
  is(error, 409, 'Conflict') ||
  (error instanceof ApiError &&
    error.code === 422 &&
    error.details.causes?.some(c => c.field === 'metadata.uid') === true);
export const isAlreadyExists = (error: unknown): boolean => is(error, 409, 'AlreadyExists');
/** The object breaks its schema or a CEL rule. */
export const isInvalid = (error: unknown): boolean => is(error, 422);
export const isForbidden = (error: unknown): boolean => is(error, 403);

/** A resourceVersion or continue token that the server has forgotten. */
export const isExpired = (error: unknown): boolean => is(error, 410);
/** Overload, or an eviction that a PodDisruptionBudget does not allow now. */
export const isTooManyRequests = (error: unknown): boolean => is(error, 429);

/** The server's cache has not caught up with the resourceVersion that was asked for. */
export function isResourceVersionTooLarge(error: unknown): boolean {
  return error instanceof ApiError && error.details.causes?.some(c => c.reason === 'ResourceVersionTooLarge') === true;
}
