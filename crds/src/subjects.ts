/**
 * The NATS subjects. The permissions of `partyPermissions` and `operatorPermissions` let a client publish only as
 * itself and hear only what is meant for it, so that the subject of a message names its sender.
 */
export const subjects = {
  /** A message from one party to another. */
  direct: (recipient: number, sender: number): string => `mpc.node.${recipient}.${sender}`,
  /** A message from one party to all parties of a session. */
  broadcast: (sender: number, session: string): string => `mpc.round.${sender}.${session}`,
  /** All broadcasts of all parties. */
  broadcasts: 'mpc.round.*.*',
  /** All messages to one party alone. */
  directTo: (recipient: number): string => `mpc.node.${recipient}.*`,
  /** A command of the operator to one party. */
  control: (party: number): string => `mpc.control.${party}`,
  /** The subject on which a party answers the command that carries this token. */
  reply: (party: number, token: string): string => `mpc.reply.${party}.${token}`,
  /** The reports of one party, which it sends without being asked: see `PartyReport`. */
  report: (party: number): string => `mpc.report.${party}`,
  /** The reports of all parties. */
  reports: 'mpc.report.*',
} as const;

export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/**
 * The permissions of a party. A reply is sent on a subject of the party that gives it. NATS' `allow_responses` is not
 * used: with it, a client that writes to itself, and asks for the answer on another client's subject, may publish on
 * that subject.
 */
export const partyPermissions = (id: number): Permissions => ({
  publish: [`mpc.node.*.${id}`, `mpc.round.${id}.*`, subjects.report(id), subjects.reply(id, '*')],
  subscribe: [subjects.directTo(id), subjects.broadcasts, subjects.control(id)],
});

export const operatorPermissions: Permissions = {
  publish: ['mpc.control.*'],
  subscribe: [subjects.reports, 'mpc.reply.*.*'],
};
