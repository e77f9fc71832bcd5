/** The API group and version of all kinds. */
export const GROUP = 'mpc.keyshare.dev';
export const VERSION = 'v1alpha1';
export const API_VERSION = `${GROUP}/${VERSION}` as const;

/** The category of all kinds: `kubectl get mpc` lists them. */
export const CATEGORY = 'mpc';
