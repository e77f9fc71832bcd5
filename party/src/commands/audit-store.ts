/**
 * Says what a copy of a party's `store` volume is worth to anybody who has the copy: for each sealed secret in the
 * copy, whether the HSM of the running party would open it. To be run in the party's pod:
 *
 *     kubectl exec POD -c party -i -- node party/src/commands/audit-store.ts < store.tar
 *
 * The copy is a tar archive of the volume, from standard input. No secret that is opened is shown.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import type { OpenResult, SealedRow } from '../audit/audit.ts';
import { AUDIT_SOCKET } from '../pod-socket.ts';

function sealedRows(tar: Buffer): SealedRow[] {
  const folder = mkdtempSync('/tmp/audit-');
  try {
    execFileSync('tar', ['-x', '-C', folder], { input: tar });
    const db = new DatabaseSync(join(folder, 'store.db'));
    const rows = db
      .prepare('select kind, subject, number, generation, iv, ciphertext from sealed order by kind, subject, number')
      .all();
    db.close();
    return rows.map(row => ({
      kind: String(row.kind),
      subject: String(row.subject),
      number: Number(row.number),
      generation: Number(row.generation),
      iv: base64(row.iv),
      ciphertext: base64(row.ciphertext),
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const base64 = (blob: unknown): string => Buffer.from(blob instanceof Uint8Array ? blob : []).toString('base64');

async function ask(row: SealedRow): Promise<OpenResult> {
  const call = request({ socketPath: AUDIT_SOCKET, method: 'POST' }).end(JSON.stringify(row));
  const response = await new Promise<NodeJS.ReadableStream>((resolve, reject) =>
    call.once('response', resolve).once('error', reject),
  );
  return JSON.parse(await text(response));
}

for (const row of sealedRows(readFileSync(0))) {
  const result = await ask(row);
  const what = `${row.kind} ${row.subject}${row.number > 0 ? ` epoch ${row.number}` : ''}`.trim();
  const said = result.opens ? 'opens' : `refused: ${result.reason}`;
  process.stdout.write(`${what}, sealed by generation ${row.generation}: ${said}\n`);
}
