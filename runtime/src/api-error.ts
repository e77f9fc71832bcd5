/** The details of a failure (`metav1.StatusDetails`): which object the error is about. */
export interface StatusDetails {
  readonly name?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  /** Seconds to wait before trying again. */
  readonly retryAfterSeconds?: number;
}

/**
 * The answer of an API server that refused a request. `reason` is a `metav1.StatusReason`, empty if the server gave
 * none.
 */
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
 * Reads the answer to a failed request, or the object of an ERROR event. Proxies and an overloaded server answer in
 * plain text, of which the error keeps the first 200 characters.
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

/**
 * Whether there is no such object. A kind that the server does not know is an error of another sort, without `reason`.
 */
export const isNotFound = (error: unknown): boolean => is(error, 404, 'NotFound');
/**
 * Whether somebody else changed the object first, or a precondition (uid, resourceVersion) does not hold. The server
 * refuses a patch with another uid as an attempt to change the uid.
 */
export const isConflict = (error: unknown): boolean =>
  is(error, 409, 'Conflict') ||
  (error instanceof ApiError &&
    error.code === 422 &&
    error.details.causes?.some(c => c.field === 'metadata.uid') === true);
export const isAlreadyExists = (error: unknown): boolean => is(error, 409, 'AlreadyExists');
/** Whether the object breaks its schema or a CEL rule. */
export const isInvalid = (error: unknown): boolean => is(error, 422);
export const isForbidden = (error: unknown): boolean => is(error, 403);

/** Whether the server has forgotten a resourceVersion or a continue token. */
export const isExpired = (error: unknown): boolean => is(error, 410);
/** Whether the server is overloaded, or a PodDisruptionBudget does not allow an eviction now. */
export const isTooManyRequests = (error: unknown): boolean => is(error, 429);

/** Whether the server's cache has not caught up with the resourceVersion that was asked for. */
export function isResourceVersionTooLarge(error: unknown): boolean {
  return error instanceof ApiError && error.details.causes?.some(c => c.reason === 'ResourceVersionTooLarge') === true;
}
