/** Fields that several kinds have. Each use adds its description. */
import { MAX_PARTY_ID } from '../bounds.ts';

/** At most so many bytes, in hex. */
export const hex = (bytes: number) => ({ type: 'string', maxLength: 2 * bytes, pattern: '^([0-9a-f]{2})*$' }) as const;

/** The number of a party. */
export const partyId = { type: 'integer', format: 'int32', minimum: 1, maximum: MAX_PARTY_ID } as const;
