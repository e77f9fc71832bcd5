import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiError } from './api-error.ts';
import { createLogger, type LogLevel } from './log.ts';

const CANARY = 'c2VjcmV0LWNhbmFyeQ==';
const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'pin', namespace: 'ns', annotations: { last: CANARY } },
  data: { pin: CANARY },
};

function setUp(level: LogLevel = 'info') {
  const text: string[] = [];
  const log = createLogger({ name: 'tester', level, destination: { write: line => void text.push(line) } });
  return { log, text, lines: () => text.map(line => JSON.parse(line)) };
}

describe('a log line', () => {
  test('is one JSON object with level, time, program, message and fields', () => {
    const { log, lines } = setUp();
    log.child({ controller: 'c' }).warn('careful', { key: 'ns/a' });
    const [line] = lines();
    assert.match(line.time, /^\d{4}-\d\d-\d\dT/);
    assert.deepEqual(
      { ...line, time: '' },
      { level: 'warn', time: '', program: 'tester', controller: 'c', key: 'ns/a', message: 'careful' },
    );
  });

  test('below the level is not written, and the level of all children can be changed while they live', () => {
    const { log, text } = setUp('warn');
    const child = log.child({ a: 1 }).child({ b: 2 });
    child.info('no');
    log.level = 'debug';
    child.debug('yes');
    log.level = 'error';
    child.warn('no');
    assert.equal(text.length, 1);
    assert.equal(log.level, 'error');
  });
});

describe('a Kubernetes object in a log line', () => {
  test('is its kind, namespace and name, wherever it is', () => {
    const { log, text, lines } = setUp('debug');
    log.info('direct', { secret });
    log.info('below', { list: { items: [secret], change: { object: secret } } });
    log.child({ secret }).info('in a child');
    assert.deepEqual(lines()[0].secret, { kind: 'Secret', namespace: 'ns', name: 'pin' });
    assert.ok(!text.join('').includes(CANARY));
  });
});

describe('an error in a log line', () => {
  test('has its type, message, stack and cause', () => {
    const { log, lines } = setUp();
    const error = new Error('outer', { cause: new ApiError({ code: 409, reason: 'Conflict', message: 'inner' }) });
    log.error('failed', { error });
    const [line] = lines();
    assert.equal(line.error.type, 'Error');
    assert.match(line.error.stack, /log\.test\.ts/);
    assert.equal(line.error.cause.message, 'inner');
  });

  test('has none of what a library hung on it', () => {
    const { log, text } = setUp();
    log.error('failed', { error: Object.assign(new Error('no'), { request: { headers: { authorization: CANARY } } }) });
    assert.ok(!text.join('').includes(CANARY));
  });
});

describe('other values in a log line', () => {
  test('are kept, bytes counted, depth limited', () => {
    const { log, lines } = setUp();
    const deep = { a: { b: { c: { d: { e: 1 } } } } };
    log.info('values', { n: 1, none: null, bytes: Buffer.from(CANARY), deep, at: new Date(0), list: [1, 'two'] });
    const { n, none, bytes, at, list, deep: logged } = lines()[0];
    assert.deepEqual(
      { n, none, bytes, at, list },
      { n: 1, none: null, bytes: '<20 bytes>', at: '1970-01-01T00:00:00.000Z', list: [1, 'two'] },
    );
    assert.ok(JSON.stringify(logged).includes('<too deep>'));
  });
});
