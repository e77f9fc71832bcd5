/**
 * The configuration of a party, from the environment that the operator sets (crds/src/party-env.ts). It is checked
 * once, at start.
 */
import { join } from 'node:path';
import type { SecurityLevel } from '@mpc-operator/crds/control';
import { partyEnv } from '@mpc-operator/crds/party-env';
import * as z from 'zod';
import { AUDIT_SOCKET, BAN_SOCKET } from './pod-socket.ts';

const text = z.string().min(1, 'is not set');
const number = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

const environment = z.object({
  [partyEnv.namespace]: text,
  [partyEnv.cluster]: text,
  [partyEnv.party]: number(1, 64),
  [partyEnv.natsUrl]: text,
  [partyEnv.tlsDirectory]: text,
  [partyEnv.tokenLabel]: text,
  [partyEnv.pinFile]: text,
  [partyEnv.storeDirectory]: text,
  [partyEnv.httpPort]: number(0, 65535),
  [partyEnv.logLevel]: z.enum(['debug', 'info', 'warn', 'error']),
  [partyEnv.securityLevel]: z.enum(['112', '128']).default('128'),
  MPC_PKCS11_MODULE: text.default('/usr/local/lib/p11-kit-client.so'),
});

export type Config = ReturnType<typeof readConfig>;

const securityLevelOf = (level: '112' | '128'): SecurityLevel => (level === '112' ? 112 : 128);

/** @throws Error naming every variable that is missing or wrong */
export function readConfig(env: NodeJS.ProcessEnv) {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`);
    throw new Error(`the environment of the party is wrong: ${faults.join('; ')}`);
  }
  const { data } = parsed;
  const owner = { namespace: data[partyEnv.namespace], cluster: data[partyEnv.cluster], party: data[partyEnv.party] };
  return {
    owner,
    nats: { url: data[partyEnv.natsUrl], tlsDirectory: data[partyEnv.tlsDirectory] },
    hsm: { module: data.MPC_PKCS11_MODULE, token: data[partyEnv.tokenLabel], pinFile: data[partyEnv.pinFile] },
    storePath: join(data[partyEnv.storeDirectory], 'store.db'),
    httpPort: data[partyEnv.httpPort],
    logLevel: data[partyEnv.logLevel],
    securityLevel: securityLevelOf(data[partyEnv.securityLevel]),
    auditSocket: AUDIT_SOCKET,
    banSocket: BAN_SOCKET,
  };
}
