import type { Observation } from '@mpc-operator/runtime/conditions';

/** An observation whose message fits the schema: 4096 characters. */
export function observation(type: string, status: Observation['status'], reason: string, message: string): Observation {
  return { type, status, reason, message: message.slice(0, 4096) };
}
