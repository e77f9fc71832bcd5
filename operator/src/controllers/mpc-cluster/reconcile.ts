import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { GROUP } from '@mpc-operator/crds/group';
import { natsUrl, operatorTlsSecretName } from '@mpc-operator/crds/names';
import { isConflict, isNotFound } from '@mpc-operator/runtime/api-error';
import type { Reconcile, Result } from '@mpc-operator/runtime/controller';
import { addFinalizer } from '@mpc-operator/runtime/finalizers';
import { formatKey, keyOf, type ObjectKey } from '@mpc-operator/runtime/object';
import { type Pod, Secret } from '@mpc-operator/runtime/resource';
import { CLUSTER_INDEX, indexedBy } from '../caches.ts';
import { conditionEvents } from '../condition-events.ts';
import { dropEndedPolicies } from '../ended-policies.ts';
import { isPaused } from '../paused.ts';
import { advanceAuthorities } from './authorities.ts';
import { auxiliaryStep, beginAuxiliary, generating, nextLook, restartFirst } from './auxiliary.ts';
import { ensureCertificates, type Transport } from './certificates.ts';
import { applyBudget, applyChildren } from './children/apply.ts';
import { credentialsOf } from './children/tls-secret.ts';
import { auxiliaryEvents } from './decisions/auxiliary-status.ts';
import type { Progress } from './decisions/conditions.ts';
import { nextRestart, type Restart } from './decisions/next-restart.ts';
import { finishDeletion } from './deletion.ts';
import { observe, type World } from './observe.ts';
import type { MpcClusterDeps, Reload, Run } from './run.ts';
import { clusterStatus, type StatusFacts } from './status.ts';

export const MPC_CLUSTER_FINALIZER = `${GROUP}/mpccluster`;

/**
 * Milliseconds until another look at what no watch tells: whether a Secret has reached a server, whether a silent party
 * is back, whether a drain is over.
 */
const RETRY = 10_000;

export function mpcClusterReconciler(deps: MpcClusterDeps): Reconcile {
  const reloads = new Map<string, Reload>();

  return async (key, { signal, log }) => {
    const run: Run = { ...deps, reloads, signal, log, now: deps.clock.date() };
    const cluster = deps.caches.clusters.get(key);
    if (cluster === undefined) return await forget(key, run);
    if (isPaused(cluster)) return await observeOnly(cluster, run);
    if (cluster.metadata.deletionTimestamp === undefined) {
      const { client, caches } = deps;
      const own = await addFinalizer(client, caches.clusters.resource, cluster, MPC_CLUSTER_FINALIZER, signal);
      if (await dropEndedPolicies(caches.clusters, own, run)) return {};
    } else if (indexedBy(deps.caches.keys, CLUSTER_INDEX, key).length === 0) {
      return await finish(cluster, run);
    }
    // A cluster that is being deleted but has keys goes on: its parties are needed, if only to destroy the keys.
    return await converge(cluster, run);
  };
}

async function converge(cluster: MpcCluster, run: Run): Promise<Result> {
  const transport = await ensureCertificates(cluster, run).catch(error => withoutCertificates(cluster, error, run));
  recordIssued(cluster, transport, run);
  await connect(cluster, transport.operator, run);
  const failure = await applyChildren(cluster, run).then(noFailure, toError);

  const world = observe(cluster, run.caches, run.connections, run.now);
  const next = nextRestart(world.parties, world.allowance);
  // A template that breaks every party is cured by another template: no budget would let the broken parties go.
  const unreadyMayGo = next.kind === 'restart' && !next.party.podReady;
  await applyBudget(cluster, { maxUnavailable: world.allowance.parties, unreadyMayGo }, run);
  const reloadPending = await reloadServers(cluster, world, transport, run);
  const caRotation = reloadPending === undefined ? await renewAuthority(cluster, transport, run) : undefined;
  const restarting = failure === undefined ? await restartOne(cluster, next, world, run) : undefined;

  const failed = failure && { reason: 'ApplyFailed', message: failure.message };
  const hold = failed ?? waitingForKeys(cluster, world) ?? restartFirst(next);
  const auxiliary = auxiliaryStep(cluster, world.views, hold, run);
  const progress =
    failed ?? restarting ?? caRotation ?? waitingForKeys(cluster, world) ?? startingUp(world) ?? generating(auxiliary);
  await writeStatus(
    cluster,
    { world, auxiliary, progress, reloadPending, caFingerprint: transport.caFingerprint },
    run,
  );
  if (failure) throw failure;
  if (auxiliary.kind === 'generate') await beginAuxiliary(cluster, auxiliary, run);
  const again = [reloadPending, restarting, caRotation].some(wait => wait !== undefined) || !world.settled;
  const times = [...(again ? [RETRY] : []), ...nextLook(auxiliary, run.clock.now())];
  return times.length === 0 ? {} : { requeueAfter: Math.min(...times) };
}

/** Reports that there are no certificates: nothing else can be done without them. */
async function withoutCertificates(cluster: MpcCluster, error: unknown, run: Run): Promise<never> {
  const world = observe(cluster, run.caches, run.connections, run.now);
  await report(cluster, world, { reason: 'CertificatesFailed', message: toError(error).message }, run);
  throw error;
}

async function finish(cluster: MpcCluster, run: Run): Promise<Result> {
  const left = await finishDeletion(cluster, MPC_CLUSTER_FINALIZER, run);
  if (left.length === 0) return await forget(keyOf(cluster), run);
  const world = observe(cluster, run.caches, run.connections, run.now);
  const message = `waiting until these pods have stopped: ${left.join(', ')}`;
  await report(cluster, world, { reason: 'Deleting', message }, run);
  return { requeueAfter: RETRY };
}

async function forget(key: ObjectKey, { attempts, connections, expectations, reloads }: Run): Promise<Result> {
  reloads.delete(formatKey(key));
  attempts.forget(key);
  expectations.forget(key);
  await connections.close(key);
  return {};
}

function recordIssued(cluster: MpcCluster, { issued }: Transport, { events }: Run): void {
  for (const certificate of issued) {
    const note = `issued the certificate in Secret ${certificate}`;
    events.event(cluster, { type: 'Normal', reason: 'CertificateIssued', action: 'Issue', note });
  }
}

/** Reports on a paused cluster. Nothing of it is changed but its status. */
async function observeOnly(cluster: MpcCluster, run: Run): Promise<Result> {
  const { name, namespace = '' } = cluster.metadata;
  const secret = await run.client.get(Secret, { namespace, name: operatorTlsSecretName(name) }, { signal: run.signal });
  const credentials = credentialsOf(secret);
  if (credentials !== undefined) await connect(cluster, credentials, run);
  const world = observe(cluster, run.caches, run.connections, run.now);
  await report(cluster, world, { reason: 'Paused', message: 'the operator changes nothing while it is paused' }, run);
  return world.settled ? {} : { requeueAfter: RETRY };
}

async function connect(cluster: MpcCluster, credentials: Transport['operator'], { connections }: Run): Promise<void> {
  const { name, namespace = '' } = cluster.metadata;
  await connections.ensure(keyOf(cluster), natsUrl(namespace, name), credentials);
}

/**
 * Goes on with a CA rotation, now that the servers have loaded everything there is.
 * @returns how far the rotation is; undefined if none is under way
 */
async function renewAuthority(
  cluster: MpcCluster,
  { authorities }: Transport,
  run: Run,
): Promise<Progress | undefined> {
  const done = await advanceAuthorities(cluster, authorities, run);
  if (done !== undefined) {
    run.events.event(cluster, { type: 'Normal', reason: 'AuthorityRenewal', action: 'Renew', note: done });
    return { reason: 'AuthorityRenewal', message: done };
  }
  if (authorities.caRotation === undefined) return undefined;
  const message = `two authorities are trusted (step ${authorities.caRotation.step}) until everyone has read them`;
  return { reason: 'AuthorityRenewal', message };
}

/**
 * Ensures that the NATS servers have loaded what they should. They are not told at every event: a reload is work.
 * @returns what is missing until they have loaded it
 */
async function reloadServers(
  cluster: MpcCluster,
  world: World,
  transport: Transport,
  run: Run,
): Promise<string | undefined> {
  if (world.serversReady === 0) return 'no NATS server is ready';
  const { reloads, clock } = run;
  const id = formatKey(keyOf(cluster));
  const { revision } = transport;
  const last = reloads.get(id);
  if (last?.revision === revision && (last.pending === undefined || clock.now() - last.at < RETRY)) return last.pending;
  const pending = await loadEverywhere(cluster, world, transport, run);
  reloads.set(id, { revision, pending, at: clock.now() });
  return pending;
}

async function loadEverywhere(
  cluster: MpcCluster,
  world: World,
  { system, revision }: Transport,
  run: Run,
): Promise<string | undefined> {
  const { name, namespace = '' } = cluster.metadata;
  try {
    const { current, behind } = await run.loadRevision(natsUrl(namespace, name), system, revision);
    if (behind.length > 0) return `NATS servers load their new configuration: ${behind.join(', ')}`;
    return current.length < world.serversWanted
      ? `${current.length} of ${world.serversWanted} NATS servers answer`
      : undefined;
  } catch (error) {
    const { message } = toError(error);
    run.log.info('the NATS servers did not load their configuration', { reason: message });
    return `the NATS servers do not load their new configuration: ${message}`;
  }
}

/** Takes the one disruptive step of a reconcile, if one is due and allowed. */
async function restartOne(
  cluster: MpcCluster,
  next: Restart,
  { allowance }: World,
  run: Run,
): Promise<Progress | undefined> {
  const key = keyOf(cluster);
  if (next.kind === 'none') return undefined;
  if (next.kind === 'wait') return { reason: 'RolloutWaiting', message: next.message };
  const { id, pod: name } = next.party;
  const [unseen] = run.expectations.pending(key);
  if (unseen !== undefined) return { reason: 'RolloutWaiting', message: `waiting to see the ${unseen}` };
  const pod = run.caches.pods.get({ namespace: key.namespace, name });
  if (pod === undefined) return { reason: 'RolloutWaiting', message: `waiting for the next pod ${name}` };
  const granted = await evict(pod, run);
  if (granted === 'gone') return { reason: 'RolloutWaiting', message: `waiting for the next pod ${name}` };
  if (granted === 'refused')
    return { reason: 'RolloutWaiting', message: `the disruption budget holds party ${id} back: ${allowance.message}` };
  run.expectations.expectRemoved(key, run.caches.pods, pod);
  const message = `party ${id} is restarted with its new pod template`;
  run.events.event(cluster, { type: 'Normal', reason: 'PartyRestarted', action: 'Evict', note: message, related: pod });
  return { reason: 'RollingOut', message };
}

/** Evicts a pod. Somebody else may have been first: then the pod is gone, or is another one. */
async function evict(pod: Pod, { client, signal }: Run): Promise<'granted' | 'refused' | 'gone'> {
  try {
    return (await client.evict(keyOf(pod), pod.metadata.uid ?? '', { signal })) ? 'granted' : 'refused';
  } catch (error) {
    if (isNotFound(error) || isConflict(error)) return 'gone';
    throw error;
  }
}

function waitingForKeys({ metadata }: MpcCluster, { keys }: World): Progress | undefined {
  if (metadata.deletionTimestamp === undefined) return undefined;
  const names = keys.map(key => key.metadata.name).sort();
  return { reason: 'Deleting', message: `waiting until these KeyShareSets are deleted: ${names.join(', ')}` };
}

function startingUp({ parties }: World): Progress | undefined {
  const starting = parties.filter(party => !party.ready).map(party => party.id);
  return starting.length === 0
    ? undefined
    : { reason: 'WaitingForParties', message: `waiting for parties: ${starting.join(', ')}` };
}

/** Writes the status of a cluster for which nothing else is done in this reconcile. */
async function report(cluster: MpcCluster, world: World, progress: Progress, run: Run): Promise<void> {
  const auxiliary = auxiliaryStep(cluster, world.views, progress, run);
  await writeStatus(cluster, { world, auxiliary, progress, reloadPending: undefined, caFingerprint: undefined }, run);
}

async function writeStatus(cluster: MpcCluster, facts: StatusFacts, run: Run): Promise<void> {
  // A new leader has heard of no party yet: the status of the last leader stands until all parties had the time to
  // report.
  if (!facts.world.settled && cluster.status?.conditions !== undefined) return;
  const status = clusterStatus(cluster, facts, run.attempts.get(keyOf(cluster)), run.now);
  await run.client.applyStatus(run.caches.clusters.resource, cluster, status, { signal: run.signal });
  const notes = [
    ...conditionEvents(cluster.status?.conditions, status.conditions ?? []),
    ...auxiliaryEvents(cluster.status?.auxiliary, status.auxiliary),
  ];
  for (const note of notes) run.events.event(cluster, note);
}

function noFailure(): undefined {
  return undefined;
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
