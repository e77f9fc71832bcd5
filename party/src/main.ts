/** The party's process: configuration, API server and NATS as they are in the pod. */
import { createLogger } from '@mpc-operator/runtime/log';
import { collectProcessMetrics } from '@mpc-operator/runtime/metrics';
import { runProcess } from '@mpc-operator/runtime/process';
import { KubeConfigTransport } from '@mpc-operator/runtime/transport';
import type { EcdsaMachine } from './auxiliary/auxiliary-service.ts';
import { readConfig } from './config.ts';
import { HsmClient } from './hsm/client.ts';
import { keyPrefix } from './hsm/hsm.ts';
import { hsmSeconds } from './metrics.ts';
import { cggmpParameters } from './protocol/signing/cggmp24/parameters.ts';
import { runParty } from './run-party.ts';
import { makeSafePrimes } from './threads/safe-primes.ts';
import { NatsNetwork } from './transport/nats-network.ts';

const ecdsa: EcdsaMachine = {
  thread: new URL('./threads/worker.ts', import.meta.url),
  makePrimes: (level, signal) => makeSafePrimes(cggmpParameters[level].primeBits, signal),
};

const log = createLogger({ name: 'mpc-party', level: 'info' });
runProcess(log, async signal => {
  const config = readConfig(process.env);
  log.level = config.logLevel;
  collectProcessMetrics();
  const api = KubeConfigTransport.fromDefault({ userAgent: 'mpc-party' });
  const { namespace, cluster, party } = config.owner;
  const hsm = new HsmClient(
    { ...config.hsm, keyPrefix: keyPrefix(namespace, cluster, party) },
    { observe: (operation, seconds, outcome) => hsmSeconds.observe({ operation, outcome }, seconds) },
  );
  try {
    const openNetwork = (onConnection: (connected: boolean) => void) =>
      new NatsNetwork({ ...config.nats, me: party, log, onConnection });
    await runParty(config, { hsm, api, ecdsa, openNetwork, log }, signal);
  } finally {
    await api.close();
  }
});
