/**
 * Shows which parties a party has excluded from threshold ECDSA and why, and lifts bans. To be run in the party's pod:
 *
 *     kubectl exec POD -c party -- node party/src/commands/bans.ts [show PARTY | lift PARTY]
 */
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { BAN_SOCKET } from '../pod-socket.ts';

const USAGE = `usage: bans               whom this party has excluded from threshold ECDSA, and for what
       bans show PARTY    the evidence, for verify-evidence
       bans lift PARTY    let it take part again: do so at every party, once you know why it cheated

Exit code 0: done; 1: that party is not banned here; 2: not used like this, or the party does not answer.
`;

interface Answer {
  readonly code: number;
  readonly body: string;
}

async function ask(method: string, path: string): Promise<Answer> {
  const call = request({ socketPath: BAN_SOCKET, method, path }).end();
  return await new Promise<Answer>((resolve, reject) => {
    call.once('error', reject);
    call.once('response', response => {
      text(response).then(body => resolve({ code: response.statusCode ?? 0, body }), reject);
    });
  });
}

function tellAll(body: string): void {
  const bans: readonly { party: number; reason: string; evidence: string }[] = JSON.parse(body);
  if (bans.length === 0) process.stdout.write('nobody is banned\n');
  for (const { party, reason, evidence } of bans)
    process.stdout.write(`party ${party}: ${reason}\n  evidence ${evidence}\n`);
}

async function run([what, party]: readonly string[]): Promise<number> {
  if (what === undefined) {
    tellAll((await ask('GET', '/')).body);
    return 0;
  }
  if ((what !== 'show' && what !== 'lift') || !/^\d+$/.test(party ?? '')) {
    process.stderr.write(USAGE);
    return what === '--help' ? 0 : 2;
  }
  const { code, body } = await ask(what === 'show' ? 'GET' : 'DELETE', `/${party}`);
  if (code !== 200) {
    process.stderr.write(`party ${party} is not banned here\n`);
    return 1;
  }
  process.stdout.write(what === 'show' ? body : `party ${party} is not banned here any more\n`);
  return 0;
}

process.exitCode = await run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`the party does not answer: ${error instanceof Error ? error.message : error}\n`);
  return 2;
});
