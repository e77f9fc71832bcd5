/**
 * How the operator tells a party who it is and where its things are: environment variables of its container. Secrets come in
 * files only.
 */
export const partyEnv = {
  namespace: 'MPC_NAMESPACE',
  cluster: 'MPC_CLUSTER',
  /** Its id. */
  party: 'MPC_PARTY',
  natsUrl: 'MPC_NATS_URL',
  /** Folder of `tls.crt`, `tls.key` and `ca.crt`. They are renewed in place: to be read at every connect. */
  tlsDirectory: 'MPC_TLS_DIRECTORY',
  /** Label of the PKCS #11 token. */
  tokenLabel: 'MPC_TOKEN_LABEL',
  /** File with the user PIN of the token. */
  pinFile: 'MPC_PIN_FILE',
  /** Read by p11-kit-client.so itself, `unix:path=<socket>`. */
  hsmAddress: 'P11_KIT_SERVER_ADDRESS',
  /** Folder of the store: the volume that only the party mounts. */
  storeDirectory: 'MPC_STORE_DIRECTORY',
  /** Port of /healthz, /readyz and /metrics. */
  httpPort: 'MPC_HTTP_PORT',
  logLevel: 'MPC_LOG_LEVEL',
  /** Of threshold ECDSA: 112 or 128. */
  securityLevel: 'MPC_SECURITY_LEVEL',
} as const;

/** The keys of the Secrets with a certificate. */
export const tlsFiles = { certificate: 'tls.crt', privateKey: 'tls.key', authority: 'ca.crt' } as const;

/** The keys of the Secret with the PINs of a party's token. */
export const pinFiles = { user: 'user-pin', securityOfficer: 'so-pin' } as const;
