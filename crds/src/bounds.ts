/**
 * The bounds of what parties hold and report, of what the operator accepts, and of what a status shows. All of them
 * stand here, so that no party can hold what its report cannot say, and no report can say what a status cannot show.
 */

/** The parties of a cluster, of a key, or of a generation of auxiliary information. */
export const MAX_PARTIES = 16;
/** The highest number of a party. */
export const MAX_PARTY_ID = 64;
/** The highest number of an epoch, a generation, or an attempt at one of them. */
export const MAX_NUMBER = 2 ** 31 - 1;
/**
 * How far the number of an attempt may be above the numbers that a party has seen. Numbers are finite: without this
 * bound, one order would use them up.
 */
export const MAX_NUMBER_JUMP = 256;

/** The characters of the source of a trigger, and of its value. */
export const MAX_SOURCE = 128;
export const MAX_VALUE = 128;
/** The characters of a trigger, written `<source>@<value>`. */
export const MAX_TRIGGER = 320;
/** The triggers that one keygen counts as carried out. */
export const MAX_TRIGGERS = 32;
/** The sources whose last trigger a party remembers, reports, and a status shows. */
export const MAX_SOURCES = 64;

/** The children of a key that a KeyShareSet may ask to be shown. */
export const MAX_DERIVATIONS = 64;
/** The presignatures of a key at one party: far more than a KeyShareSet may ask for. */
export const MAX_PRESIGNATURES = 65_536;
/** The addresses of a key, or of one of its children. */
export const MAX_ADDRESSES = 8;
/** The approvers of a key, and its admins. */
export const MAX_APPROVERS = 32;
/** The characters of words for people. */
export const MAX_TEXT = 1024;
/** The keys in one reply of a party. */
export const MAX_KEYS_PAGE = 50;
