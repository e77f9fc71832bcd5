import type { LogLevel, RootLogger } from './log.ts';

/**
 * Runs `main` as the purpose of this process. SIGTERM and SIGINT abort its signal; a second one ends the process at
 * once. The process exits with 0 when `main` resolves, and with 1 when it rejects or anything is thrown that nobody
 * catches: after that the state of the process is unknown, and a restart is the one safe way on. SIGUSR2 switches the
 * logs to `debug` and back.
 */
export function runProcess(log: RootLogger, main: (signal: AbortSignal) => Promise<void>): void {
  const stop = new AbortController();
  const fail = (message: string) => (error: unknown) => {
    log.error(message, { error });
    process.exit(1);
  };
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(1);
      log.info('shutting down', { signal: name });
      stop.abort();
    });
  }
  let other: LogLevel = 'debug';
  process.on('SIGUSR2', () => {
    [log.level, other] = [other, log.level];
    log.warn('log level changed', { now: log.level });
  });
  process.on('unhandledRejection', fail('a promise was rejected and nobody cared'));
  process.on('uncaughtException', fail('an error was thrown and nobody caught it'));
  main(stop.signal).then(() => process.exit(0), fail('stopped by an error'));
}
