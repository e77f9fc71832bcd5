import type { MpcCluster } from '@mpc-operator/crds/generated/api';
import { GROUP } from '@mpc-operator/crds/group';
import { natsUrl } from '@mpc-operator/crds/names';
import type { Reconcile, Result } from '@mpc-operator/runtime/controller';
import { addFinalizer } from '@mpc-operator/runtime/finalizers';
import { formatKey, keyOf, type ObjectKey } from '@mpc-operator/runtime/object';
import { CLUSTER_INDEX, indexedBy } from '../caches.ts';
import { conditionEvents } from '../condition-events.ts';
import { dropEndedPolicies } from '../ended-policies.ts';
import { isPaused } from '../paused.ts';
import { advanceAuthorities } from './authorities.ts';
import { auxiliaryStep, beginAuxiliary, generating, nextLook, restartFirst } from './auxiliary.ts';
import type { Transport } from './certificates.ts';
import { applyBudget, applyChildren } from './children/apply.ts';
import { NameTaken } from './children/ownership.ts';
import { auxiliaryEvents } from './decisions/auxiliary-status.ts';
import { NAME_TAKEN, type Progress } from './decisions/conditions.ts';
import { nextRestart, type Restart } from './decisions/next-restart.ts';
import { finishDeletion } from './deletion.ts';
import { observe, type World } from './observe.ts';
import { reloadServers } from './reload-servers.ts';
import { restartOne } from './restart.ts';
import type { MpcClusterDeps, Run } from './run.ts';
import { clusterStatus, type StatusFacts } from './status.ts';
import { Surroundings } from './surroundings.ts';
import { NotBegun, transportOf } from './transport.ts';

export const MPC_CLUSTER_FINALIZER = `${GROUP}/mpccluster`;

/**
 * Milliseconds until another look at what no watch tells: whether a Secret has reached a server, whether a silent party
 * is back, whether a drain is over, why a pod is not made.
 */
const RETRY = 10_000;

/**
 * Milliseconds until another look at names that are taken. Nothing tells when an object without our label goes; what
 * the garbage collector is about to delete goes soon.
 */
const TAKEN_RETRY = 30_000;
const GOING_RETRY = 2_000;

/** What a pause holds back is what disturbs: whatever a cluster needs to stay as it is goes on. */
const PAUSED: Progress = {
  reason: 'Paused',
  message: 'while the cluster is paused nothing is restarted, begun or deleted; certificates are renewed all the same',
};

export function mpcClusterReconciler(deps: MpcClusterDeps): Reconcile {
  const [reloads, transports]: [Run['reloads'], Run['transports']] = [new Map(), new Map()];
  const surroundings = new Surroundings(deps.client, deps.clock);

  return async (key, { signal, log }) => {
    const run: Run = { ...deps, reloads, transports, surroundings, signal, log, now: deps.clock.date() };
    const cluster = deps.caches.clusters.get(key);
    if (cluster === undefined) return await forget(key, run);
    if (isPaused(cluster)) return await converge(cluster, PAUSED, run);
    if (cluster.metadata.deletionTimestamp === undefined) {
      const { client, caches } = deps;
      const own = await addFinalizer(client, caches.clusters.resource, cluster, MPC_CLUSTER_FINALIZER, signal);
      if (await dropEndedPolicies(caches.clusters, own, run)) return {};
    } else if (indexedBy(deps.caches.keys, CLUSTER_INDEX, key).length === 0) {
      return await finish(cluster, run);
    }
    // A cluster that is being deleted but has keys goes on: its parties are needed, if only to destroy the keys.
    return await converge(cluster, undefined, run);
  };
}

async function converge(cluster: MpcCluster, paused: Progress | undefined, run: Run): Promise<Result> {
  const transport = await transportOf(cluster, run).catch(toError);
  if (transport instanceof Error) return await withoutCertificates(cluster, transport, run);
  recordIssued(cluster, transport, run);
  await connect(cluster, transport.operator, run);
  const how = { mayRestart: paused === undefined, namesAreFree: transport.begun === true };
  const childrenFailed = await applyChildren(cluster, how, run).then(noFailure, toError);

  const world = await observe(cluster, run);
  const next = nextRestart(world.parties, world.allowance);
  const budget = { maxUnavailable: world.allowance.parties, unreadyMayGo: paused === undefined && isCure(next) };
  const budgetFailed = await applyBudget(cluster, budget, run).then(noFailure, toError);
  const reloadPending = await reloadServers(cluster, world, transport, run);
  const caRotation = reloadPending === undefined ? await renewAuthority(cluster, transport, run) : undefined;
  const failure = childrenFailed ?? budgetFailed;
  const held = (failure && { reason: reasonOf(failure, 'ApplyFailed'), message: failure.message }) ?? paused;
  const restarting = held === undefined ? await restartOne(cluster, next, world, run) : undefined;

  const waiting = waitingForKeys(cluster, world);
  const auxiliary = auxiliaryStep(cluster, world.views, held ?? waiting ?? restartFirst(next), run);
  const progress = held ?? restarting ?? caRotation ?? waiting ?? startingUp(world) ?? generating(auxiliary);
  const { caFingerprint } = transport;
  await writeStatus(cluster, { world, auxiliary, progress, reloadPending, caFingerprint }, run);
  if (failure !== undefined && !(failure instanceof NameTaken)) throw failure;
  if (auxiliary.kind === 'generate') await beginAuxiliary(cluster, auxiliary, run);
  const again =
    [reloadPending, restarting, caRotation].some(wait => wait !== undefined) || !world.settled || world.unwatched;
  return nextTime([
    ...(again ? [RETRY] : []),
    ...(failure === undefined ? [] : [takenRetry(failure)]),
    ...nextLook(auxiliary, run.clock.now()),
  ]);
}

/** A template that breaks every party is cured by another template: no budget would let the broken parties go. */
function isCure(next: Restart): boolean {
  return next.kind === 'restart' && !next.party.podReady;
}

function takenRetry({ passes }: NameTaken): number {
  return passes ? GOING_RETRY : TAKEN_RETRY;
}

function nextTime(times: readonly number[]): Result {
  return times.length === 0 ? {} : { requeueAfter: Math.min(...times) };
}

/** Reports why there are no certificates: nothing else can be done without them. */
async function withoutCertificates(cluster: MpcCluster, error: Error, run: Run): Promise<Result> {
  const world = await observe(cluster, run);
  await report(cluster, world, { reason: reasonOf(error, 'CertificatesFailed'), message: error.message }, run);
  if (error instanceof NameTaken) return { requeueAfter: takenRetry(error) };
  if (error instanceof NotBegun) return world.settled && !world.unwatched ? {} : { requeueAfter: RETRY };
  throw error;
}

function reasonOf(error: Error, other: string): string {
  if (error instanceof NameTaken) return NAME_TAKEN;
  return error instanceof NotBegun ? PAUSED.reason : other;
}

async function finish(cluster: MpcCluster, run: Run): Promise<Result> {
  const left = await finishDeletion(cluster, MPC_CLUSTER_FINALIZER, run);
  if (left.length === 0) return await forget(keyOf(cluster), run);
  const world = await observe(cluster, run);
  const message = `waiting until these pods have stopped: ${left.join(', ')}`;
  await report(cluster, world, { reason: 'Deleting', message }, run);
  return { requeueAfter: RETRY };
}

async function forget(key: ObjectKey, run: Run): Promise<Result> {
  const { attempts, connections, expectations } = run;
  run.reloads.delete(formatKey(key));
  run.transports.delete(formatKey(key));
  run.surroundings.forget(key);
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
    run.transports.delete(formatKey(keyOf(cluster)));
    run.events.event(cluster, { type: 'Normal', reason: 'AuthorityRenewal', action: 'Renew', note: done });
    return { reason: 'AuthorityRenewal', message: done };
  }
  if (authorities.caRotation === undefined) return undefined;
  const message = `two authorities are trusted (step ${authorities.caRotation.step}) until everyone has read them`;
  return { reason: 'AuthorityRenewal', message };
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
