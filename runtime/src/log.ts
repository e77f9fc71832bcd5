import pino from 'pino';
import { isKubernetesObject } from './object.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = { readonly [name: string]: unknown };

/**
 * Structured JSON logs. All children of one root share its level, which can be changed while they live. A Kubernetes
 * object among the fields is logged as its kind, namespace and name alone, so that the logs show neither what a Secret
 * holds nor what somebody put in an annotation.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** Returns a logger that adds `fields` to each of its lines. */
  child(fields: LogFields): Logger;
}

export interface RootLogger extends Logger {
  level: LogLevel;
}

const severity: Readonly<Record<LogLevel, number>> = { debug: 20, info: 30, warn: 40, error: 50 };

export function createLogger(options: {
  readonly name: string;
  readonly level: LogLevel;
  /** The stream that the lines go to. Default: standard output. */
  readonly destination?: { write(line: string): void };
}): RootLogger {
  const sink = pino(
    {
      base: { program: options.name },
      level: 'debug',
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
    },
    options.destination ?? pino.destination({ fd: 1, sync: true }),
  );
  const shared = { level: options.level };
  return {
    ...write(sink, shared),
    get level() {
      return shared.level;
    },
    set level(level: LogLevel) {
      shared.level = level;
    },
  };
}

function write(sink: pino.Logger, shared: { readonly level: LogLevel }): Logger {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (severity[level] >= severity[shared.level]) sink[level](redact(fields ?? {}), message);
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: fields => write(sink.child(redact(fields)), shared),
  };
}

function redact(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, redacted(value, 0)]));
}

function redacted(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isKubernetesObject(value)) {
    const { namespace, name } = value.metadata;
    return { kind: value.kind, ...(namespace ? { namespace } : {}), name };
  }
  if (value instanceof Error) return describeError(value, depth);
  if (depth >= 4) return '<too deep>';
  if (Array.isArray(value)) return value.map(item => redacted(item, depth + 1));
  if (ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`;
  if ('toJSON' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redacted(item, depth + 1)]));
}

/**
 * Returns name, message, stack and cause of an error. No other property is logged, since errors of libraries carry
 * whole requests with them.
 */
function describeError(error: Error, depth: number): unknown {
  const { name, message, stack, cause } = error;
  return {
    type: name,
    message,
    stack,
    ...(cause !== undefined && depth < 4 ? { cause: redacted(cause, depth + 1) } : {}),
  };
}
