/**
 * The metrics of a party. Labels are protocols, rounds and outcomes: never a key, a request or a peer, as there may be
 * many.
 */
import { registry } from '@mpc-operator/runtime/metrics';
import { Counter, Gauge, Histogram } from 'prom-client';
import { ContextMismatch, Misbehaviour, Timeout } from './protocol/session/errors.ts';
import type { SessionObserver } from './protocol/session/observer.ts';

const registers = [registry];
const FAST = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export const sessionsTotal = new Counter({
  name: 'mpc_sessions_total',
  help: 'Sessions that ended, by how.',
  labelNames: ['protocol', 'outcome'],
  registers,
});
export const sessionSeconds = new Histogram({
  name: 'mpc_session_duration_seconds',
  help: 'How long sessions took that ended well.',
  labelNames: ['protocol'],
  buckets: FAST,
  registers,
});
export const roundSeconds = new Histogram({
  name: 'mpc_round_duration_seconds',
  help: 'How long the stages of sessions took, from the first own message to the last one of others.',
  labelNames: ['protocol', 'round'],
  buckets: FAST,
  registers,
});
export const messagesDropped = new Counter({
  name: 'mpc_messages_dropped_total',
  help: 'Messages of sessions that were dropped, by why. Anyone on the network may have sent them.',
  labelNames: ['protocol', 'reason'],
  registers,
});
export const messagesLost = new Counter({
  name: 'mpc_messages_lost_total',
  help: 'Messages that came before their session and were more than is kept.',
  registers,
});
export const hsmSeconds = new Histogram({
  name: 'mpc_hsm_operation_duration_seconds',
  help: 'How long operations of the HSM took, as the party saw it.',
  labelNames: ['operation', 'outcome'],
  buckets: FAST,
  registers,
});
export const requestsTotal = new Counter({
  name: 'mpc_sign_requests_total',
  help: 'SignRequests that this party has answered, by how.',
  labelNames: ['result'],
  registers,
});
export const requestSeconds = new Histogram({
  name: 'mpc_sign_request_duration_seconds',
  help: 'From when this party saw a SignRequest to its answer.',
  labelNames: ['result'],
  buckets: [...FAST, 30, 60],
  registers,
});
export const hsmHealthy = new Gauge({ name: 'mpc_hsm_healthy', help: '1 if the HSM answers.', registers });
export const natsConnected = new Gauge({
  name: 'mpc_nats_connected',
  help: '1 if the party is connected to NATS.',
  registers,
});
export const keysHeld = new Gauge({ name: 'mpc_keys', help: 'Keys that this party holds a share of.', registers });

export const partiesBanned = new Gauge({
  name: 'mpc_parties_banned',
  help: 'Parties that this one has excluded from threshold ECDSA, because they provably broke it.',
  registers,
});
export const presignaturesHeld = new Gauge({
  name: 'mpc_presignatures',
  help: 'Presignatures that this party could lead with now, of all keys.',
  registers,
});
export const presignaturesTotal = new Counter({
  name: 'mpc_presignatures_total',
  help: 'Presignatures that this party has made, used and wiped.',
  labelNames: ['what'],
  registers,
});
export const auxiliaryGeneration = new Gauge({
  name: 'mpc_auxiliary_generation',
  help: 'The generation of auxiliary information that new sessions use; 0: none yet.',
  registers,
});
export const safePrimesReady = new Gauge({
  name: 'mpc_safe_primes_ready',
  help: '1 if safe primes for the next generation of auxiliary information are at hand.',
  registers,
});

/** The outcome of a session that failed: one of the three kinds of failure, or `error` for anything else. */
export function outcomeOf(error: unknown): string {
  if (error instanceof Timeout) return 'timeout';
  if (error instanceof ContextMismatch) return 'context_mismatch';
  return error instanceof Misbehaviour ? 'misbehaviour' : 'error';
}

/** Observes the rounds of one session. */
export const observeSession = (protocol: string): SessionObserver => ({
  stage: round => roundSeconds.startTimer({ protocol, round }),
  dropped: reason => messagesDropped.inc({ protocol, reason }),
});
