/**
 * NATS subjects. With the permissions of `partyPermissions` and `operatorPermissions` one publishes only as oneself and hears
 * only what is one's own, so that the subject of a message names its sender.
 */
export const subjects = {
  /** A message of one party for another. */
  direct: (recipient: number, sender: number): string => `mpc.node.${recipient}.${sender}`,
  /** A message of one party, in one session, for all. */
  broadcast: (sender: number, session: string): string => `mpc.round.${sender}.${session}`,
  /** All broadcasts of all parties. */
  broadcasts: 'mpc.round.*.*',
  /** All messages for one party alone. */
  directTo: (recipient: number): string => `mpc.node.${recipient}.*`,
  /** A command of the operator for one party. */
  control: (party: number): string => `mpc.control.${party}`,
  /** Where a party answers the command that carries this token. */
  reply: (party: number, token: string): string => `mpc.reply.${party}.${token}`,
  /** What a party tells the operator unasked: see `PartyReport`. */
  report: (party: number): string => `mpc.report.${party}`,
  /** The reports of all parties. */
  reports: 'mpc.report.*',
} as const;

export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/**
 * Replies have subjects of the party that gives them, and NATS' `allow_responses` is not used: with it, who writes to itself and asks for
 * the answer at another's subject may publish there.
 */
export const partyPermissions = (id: number): Permissions => ({
  publish: [`mpc.node.*.${id}`, `mpc.round.${id}.*`, subjects.report(id), subjects.reply(id, '*')],
  subscribe: [subjects.directTo(id), subjects.broadcasts, subjects.control(id)],
});

export const operatorPermissions: Permissions = {
  publish: ['mpc.control.*'],
  subscribe: [subjects.reports, 'mpc.reply.*.*'],
};
