import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';

/** Runs `main` under runProcess in a process of its own. That process prints `ready` when signals may come. */
function run(main: string): ChildProcess {
  const program = `
    import { createLogger } from '${import.meta.resolve('./log.ts')}';
    import { runProcess } from '${import.meta.resolve('./process.ts')}';
    const log = createLogger({ name: 'child', level: 'info' });
    const aborted = signal => new Promise(resolve => signal.addEventListener('abort', resolve));
    const alive = setInterval(() => {}, 1_000);
    runProcess(log, async signal => { ${main} });
    log.info('ready');
  `;
  return spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Sends each signal when the text before it has appeared, and waits for the end of the process. */
async function outcome(child: ChildProcess, ...steps: readonly (readonly [text: string, signal: NodeJS.Signals])[]) {
  let output = '';
  let read = 0;
  const left = [...steps];
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk;
    const [text, signal] = left[0] ?? [];
    const at = text === undefined ? -1 : output.indexOf(text, read);
    if (at < 0) return;
    read = at + 1;
    left.shift();
    child.kill(signal);
  });
  const [code] = await once(child, 'close');
  return { code, output };
}

describe('a process', () => {
  test('ends with 0 after a signal, when its work has ended', async () => {
    const { code, output } = await outcome(run('await aborted(signal); log.info("tidied up");'), ['ready', 'SIGTERM']);
    assert.equal(code, 0);
    assert.match(output, /shutting down.*tidied up/s);
  });

  test('ends at once after a second signal', async () => {
    const { code } = await outcome(
      run('await new Promise(() => {});'),
      ['ready', 'SIGTERM'],
      ['shutting down', 'SIGINT'],
    );
    assert.equal(code, 1);
  });

  test('logs more after SIGUSR2, and as before after another', async () => {
    const main = 'process.on("SIGUSR2", () => log.debug("detail")); await aborted(signal);';
    const { output } = await outcome(
      run(main),
      ['ready', 'SIGUSR2'],
      ['"detail"', 'SIGUSR2'],
      ['log level changed', 'SIGTERM'],
    );
    const levels = output.split('\n').filter(line => line.includes('log level changed'));
    assert.equal(levels.length, 2);
    assert.equal(output.split('"detail"').length, 2);
  });

  test('ends with 1 when its work fails', async () => {
    const { code, output } = await outcome(run('throw new Error("the lease was lost");'));
    assert.equal(code, 1);
    assert.match(output, /the lease was lost/);
  });

  test('ends with 1 when a promise is rejected that nobody waits for', async () => {
    const { code, output } = await outcome(run('void Promise.reject(new Error("forgotten")); await aborted(signal);'));
    assert.equal(code, 1);
    assert.match(output, /forgotten/);
  });

  test('ends with 1 when an error is thrown that nobody catches', async () => {
    const { code, output } = await outcome(
      run('setImmediate(() => { throw new Error("stray"); }); await aborted(signal);'),
    );
    assert.equal(code, 1);
    assert.match(output, /stray/);
  });
});
