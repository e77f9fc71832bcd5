/**
 * The security contexts of all our pods and containers: they satisfy Pod Security `restricted`, and containers write
 * nowhere but in their volumes.
 */

/** The user of all our images. */
const USER = 10001;

export const podSecurityContext = {
  runAsNonRoot: true,
  runAsUser: USER,
  runAsGroup: USER,
  fsGroup: USER,
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
} as const;

export const containerSecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const;

/** Kubernetes keeps the last lines of a container that fails: its status shows them, and they hold no secret. */
export const LAST_WORDS = 'FallbackToLogsOnError';
