/**
 * `make bench`: prints medians and ratios. Nothing here is asserted: machines differ, and so does what else runs on
 * them.
 */
import { kubectl } from '../cluster/kubectl.ts';
import { CLUSTER, clusterReady, keyReady, NAMESPACE, PARTIES } from '../e2e/world.ts';
import { mean, meanBetween, measureRequests, signingStages, stagesOf } from './cluster.ts';
import { ECDSA_HEADER, formatEcdsa, measureEcdsa } from './ecdsa.ts';
import { measureEcdsaIn } from './ecdsa-cluster.ts';
import { formatHeld, measureEventLoop } from './event-loop.ts';
import { formatMeasurements, measureSimulation } from './simulation.ts';

const REQUESTS = 40;
const say = (line: string): boolean => process.stdout.write(`${line}\n`);
const quantile = (ascending: readonly number[], q: number): string =>
  (ascending[Math.min(ascending.length - 1, Math.floor(q * ascending.length))] ?? Number.NaN).toFixed(0).padStart(6);

say('In simulation, 2 of 3, CPU milliseconds of all parties; beside @noble/curves in the same run');
say(formatMeasurements(await measureSimulation()));

say('\nThreshold ECDSA in simulation, all parties in one process, beside exponentiations and curve operations alone');
say('making safe primes, which takes some minutes');
say(ECDSA_HEADER);
for await (const measurement of measureEcdsa()) say(formatEcdsa(measurement));

say('\nThe event loop of two parties in one process, milliseconds                p99      max');
for (const level of [112, 128] as const) for (const row of await measureEventLoop(level)) say(formatHeld(row));

await clusterReady();
say(`\nIn the cluster, 2 of 3, ${REQUESTS} requests one after the other, milliseconds (aim: median under 300)`);
say('key                                 created to signature: p50    p90    max');
for (const purpose of ['eddsa', 'taproot'] as const) {
  const key = await keyReady(`bench-${purpose}`, purpose);
  await measureRequests(NAMESPACE, key, 5);
  const before = await signingStages(NAMESPACE, CLUSTER, PARTIES, 'frost/sign/v1');
  const { total, party } = await measureRequests(NAMESPACE, key, REQUESTS);
  const rounds = meanBetween(before, await signingStages(NAMESPACE, CLUSTER, PARTIES, 'frost/sign/v1'));
  const [p50, p90, max] = [quantile(total, 0.5), quantile(total, 0.9), quantile(total, 1)];
  say(`${key.metadata.name.padEnd(52)}${p50} ${p90} ${max}`);
  for (const [stage, ms] of stagesOf(mean(total), mean(party), rounds)) {
    say(`  ${stage.padEnd(50)}${ms.toFixed(0).padStart(6)} ${((100 * ms) / mean(total)).toFixed(0).padStart(6)} %`);
  }
}

say('\nThreshold ECDSA in the cluster, 2 of 3, milliseconds; created to signature');
say('level       keygen   online: p50    p90   interactive: p50    p90   event loop held up   presignatures a second');
for (const [cluster, level] of [
  [CLUSTER, 112],
  ['bench-128', 128],
] as const) {
  const { keygen, online, interactive, blocked, refill } = await measureEcdsaIn(cluster, level);
  const cells = [quantile(online, 0.5), quantile(online, 0.9), quantile(interactive, 0.5), quantile(interactive, 0.9)];
  const [online50 = '', online90 = '', interactive50 = '', interactive90 = ''] = cells;
  say(
    `${level}`.padEnd(9) +
      keygen.toFixed(0).padStart(9) +
      online50.padStart(14) +
      online90.padStart(7) +
      interactive50.padStart(19) +
      interactive90.padStart(7) +
      blocked.toFixed(0).padStart(21) +
      refill.toFixed(2).padStart(25),
  );
  if (cluster !== CLUSTER) await kubectl(['-n', NAMESPACE, 'delete', 'mpccluster', cluster]);
}
