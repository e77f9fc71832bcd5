import { createHash } from 'node:crypto';

/** The name of a session to sign, always the same for the same text. */
export const sessionName = (text: string): string =>
  `sign-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
