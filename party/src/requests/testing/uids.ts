import { leaderOrder } from '../leadership.ts';

/** A uid for which these parties lead in this order. Every call returns another uid. */
export function uidFor(order: readonly number[]): string {
  for (;;) {
    const uid = `uid-${next++}`;
    if (leaderOrder(uid, order).join() === order.join()) return uid;
  }
}
let next = 1;
