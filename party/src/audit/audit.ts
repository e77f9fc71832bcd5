/**
 * Answers, on a socket that only this pod can reach, whether the party's HSM would open a sealed secret. Audits use the
 * answers to tell what a stolen copy of a volume is worth. The answer is yes or no: an opened secret is wiped at once
 * and shown to nobody.
 */
import type { IncomingMessage } from 'node:http';
import type { Logger } from '@mpc-operator/runtime/log';
import * as z from 'zod';
import type { Hsm } from '../hsm/hsm.ts';
import { PodSocket } from '../pod-socket.ts';
import type { Owner } from '../protocol/identity/owner.ts';
import { associatedData, secretName } from '../store/secret-name.ts';

/** The length of a request with the largest secret that can be sealed, in base64. */
const MAX_BODY = 128 * 1024;

const base64 = z.base64().transform(text => Uint8Array.from(Buffer.from(text, 'base64')));

/** A row of the sealed table, as it is sent. */
export const sealedRow = z.object({
  kind: z.string(),
  subject: z.string(),
  number: z.int(),
  generation: z.int(),
  iv: base64,
  ciphertext: base64,
});
export type SealedRow = z.input<typeof sealedRow>;

export type OpenResult = { readonly opens: true } | { readonly opens: false; readonly reason: string };

/** Whether the HSM opens the secret in a row. */
export async function wouldOpen(hsm: Hsm, owner: Owner, row: z.output<typeof sealedRow>): Promise<OpenResult> {
  const { generation, iv, ciphertext } = row;
  try {
    using _ = await hsm.open({ generation, iv, ciphertext }, associatedData(owner, secretName(row)));
    return { opens: true };
  } catch (error) {
    return { opens: false, reason: error instanceof Error ? error.message : 'unknown error' };
  }
}

export const auditSocket = (hsm: Hsm, owner: Owner, log: Logger): PodSocket =>
  new PodSocket(
    'a sealed secret',
    async (request, response) => {
      const row = sealedRow.safeParse(parse(await bodyOf(request)));
      if (!row.success) return void response.writeHead(400).end();
      const result = await wouldOpen(hsm, owner, row.data);
      log.warn('asked whether a sealed secret opens', {
        kind: row.data.kind,
        number: row.data.number,
        verdict: result,
      });
      response.end(JSON.stringify(result));
    },
    log,
  );

/** The body of a request. @throws Error if the body is longer than any row, or breaks off */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MAX_BODY) throw new RangeError(`more than ${MAX_BODY} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
