/**
 * The number of a party: its x-coordinate in every sharing. It comes from MpcCluster's spec.parties[].id, never from a
 * message.
 */
export type PartyId = number;
