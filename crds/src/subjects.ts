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
  /** A command of the operator for one party; request and reply. */
  control: (party: number): string => `mpc.control.${party}`,
  /** What a party tells the operator unasked: see `PartyReport`. */
  report: (party: number): string => `mpc.report.${party}`,
  /** The reports of all parties. */
  reports: 'mpc.report.*',
} as const;

/** Where the replies to the operator's requests arrive. */
export const OPERATOR_INBOX = '_INBOX.operator';

export interface Permissions {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** May answer a request on the subject that it names, once. */
  readonly allowResponses: boolean;
}

export const partyPermissions = (id: number): Permissions => ({
  publish: [`mpc.node.*.${id}`, `mpc.round.${id}.*`, subjects.report(id)],
  subscribe: [subjects.directTo(id), subjects.broadcasts, subjects.control(id)],
  allowResponses: true,
});

export const operatorPermissions: Permissions = {
  publish: ['mpc.control.*'],
  subscribe: [subjects.reports, `${OPERATOR_INBOX}.>`],
  allowResponses: false,
};
