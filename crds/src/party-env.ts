/**
 * The environment variables of a party's container, by which the operator tells the party who it is and where to find
 * things. Secrets come in files only.
 */
export const partyEnv = {
  namespace: 'MPC_NAMESPACE',
  cluster: 'MPC_CLUSTER',
  /** The id of the party. */
  party: 'MPC_PARTY',
  natsUrl: 'MPC_NATS_URL',
  /**
   * The folder of `tls.crt`, `tls.key` and `ca.crt`. They are renewed in place and have to be read at every connect.
   */
  tlsDirectory: 'MPC_TLS_DIRECTORY',
  /** The label of the PKCS #11 token. */
  tokenLabel: 'MPC_TOKEN_LABEL',
  /** The file with the user PIN of the token. */
  pinFile: 'MPC_PIN_FILE',
  /** The address of the HSM, `unix:path=<socket>`, which p11-kit-client.so itself reads. */
  hsmAddress: 'P11_KIT_SERVER_ADDRESS',
  /** The folder of the store: the volume that only the party mounts. */
  storeDirectory: 'MPC_STORE_DIRECTORY',
  /** The port of /healthz, /readyz and /metrics. */
  httpPort: 'MPC_HTTP_PORT',
  logLevel: 'MPC_LOG_LEVEL',
  /** The security level of threshold ECDSA: 112 or 128. */
  securityLevel: 'MPC_SECURITY_LEVEL',
} as const;

/** The keys of the Secrets with a certificate. */
export const tlsFiles = { certificate: 'tls.crt', privateKey: 'tls.key', authority: 'ca.crt' } as const;

/** The keys of the Secret with the PINs of a party's token. */
export const pinFiles = { user: 'user-pin', securityOfficer: 'so-pin' } as const;
