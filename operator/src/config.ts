import type { LogLevel } from '@mpc-operator/runtime/log';
import * as z from 'zod';
import type { Settings } from './settings.ts';

/** How this process is to be run. */
export interface Config extends Settings {
  /** The namespaces to watch; empty: all. */
  readonly watchNamespaces: readonly string[];
  readonly logLevel: LogLevel;
  /** The port of /healthz, /readyz and /metrics. */
  readonly httpPort: number;
  /** Whether several processes elect a leader. False: this is the only process, such as on a developer's machine. */
  readonly leaderElection: boolean;
}

const list = z
  .string()
  .default('')
  .transform(text =>
    text
      .split(',')
      .map(item => item.trim())
      .filter(item => item !== ''),
  );
const name = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be the name of a namespace');
const image = z.string({ error: 'must be set to an image' }).min(1, 'must be set to an image');
const port = z.coerce.number<string>().int().min(1).max(65535);

/** The environment variables of the operator, which the chart writes. */
const environment = z.object({
  POD_NAMESPACE: name,
  PARTY_IMAGE: image,
  HSM_IMAGE: image,
  NATS_IMAGE: image,
  WATCH_NAMESPACES: list.pipe(z.array(name)),
  API_SERVER_CIDRS: list.pipe(z.array(z.union([z.cidrv4(), z.cidrv6()], 'must be CIDRs such as 10.0.0.1/32'))),
  API_SERVER_PORTS: list
    .transform(ports => (ports.length === 0 ? ['443', '6443'] : ports))
    .pipe(z.array(z.string().pipe(port))),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  HTTP_PORT: port.default(8080),
  LEADER_ELECTION: z.enum(['true', 'false']).default('true'),
});

/**
 * Reads the configuration of the operator from its environment.
 * @throws Error that names each variable that is wrong, and what it must be
 */
export function parseConfig(env: NodeJS.ProcessEnv): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => {
      const variable = String(path[0]);
      return `${variable}=${env[variable] ?? ''}: ${message}`;
    });
    throw new Error(`the environment is not what the operator needs: ${faults.join('; ')}`);
  }
  const found = parsed.data;
  return {
    namespace: found.POD_NAMESPACE,
    images: { party: found.PARTY_IMAGE, hsm: found.HSM_IMAGE, nats: found.NATS_IMAGE },
    apiServer: { cidrs: found.API_SERVER_CIDRS, ports: found.API_SERVER_PORTS },
    watchNamespaces: found.WATCH_NAMESPACES,
    logLevel: found.LOG_LEVEL,
    httpPort: found.HTTP_PORT,
    leaderElection: found.LEADER_ELECTION === 'true',
  };
}
