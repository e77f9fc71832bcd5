import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { DeadlineExceeded } from './deadline.ts';
import { FakeClock, until } from './testing/fake-clock.ts';
import { KubeConfigTransport } from './transport.ts';

const get = { method: 'GET', path: '/api/v1/nodes?limit=1' } as const;

/** Starts a server that gives the test's answers, and a transport to it with a token in a file. */
async function setUp(t: TestContext, answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const folder = await mkdtemp(join(tmpdir(), 'transport-'));
  const tokenFile = join(folder, 'token');
  await writeFile(tokenFile, 'first');
  const sockets = new Set<unknown>();
  const server = createServer((request, response) => {
    sockets.add(request.socket);
    answer(request, response);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'c', server: `http://127.0.0.1:${port}/prefix/`, skipTLSVerify: true },
    { name: 'u', authProvider: { name: 'tokenFile', config: { tokenFile } } },
  );
  const clock = new FakeClock();
  const transport = new KubeConfigTransport(config, { userAgent: 'tester/1', clock });
  t.after(async () => {
    await transport.close();
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });
  return { transport, sockets, clock, tokenFile, port };
}

describe('a transport', () => {
  test('sends method, path below that of the server, credentials and body', async t => {
    const seen: unknown[] = [];
    const { transport, port } = await setUp(t, async (request, response) => {
      const { method, url, headers } = request;
      let body = '';
      for await (const chunk of request) body += chunk;
      seen.push([method, url, headers.authorization, headers['user-agent'], headers['content-type'], body]);
      response.writeHead(201, { 'retry-after': '3' }).end('done');
    });
    const body = { contentType: 'application/json', text: '{}' };
    const answer = await transport.exchange({ method: 'POST', path: '/api/v1/nodes', body }, 1_000);
    assert.deepEqual(answer, { status: 201, retryAfter: '3', text: 'done' });
    assert.deepEqual(seen, [['POST', '/prefix/api/v1/nodes', 'Bearer first', 'tester/1', 'application/json', '{}']]);
    assert.equal(transport.host, `127.0.0.1:${port}`);
  });

  test('uses its connections again, and not a new one for each request', async t => {
    const { transport, sockets } = await setUp(t, (_request, response) => response.end('{}'));
    for (let i = 0; i < 20; i++) await transport.exchange(get, 1_000);
    assert.ok(sockets.size <= 2);
  });

  test('opens no more than 32 connections for requests, and watches do not count', async t => {
    const waiting: ServerResponse[] = [];
    const { transport, sockets } = await setUp(t, (request, response) => {
      response.writeHead(200);
      response.write(' ');
      if (request.url?.includes('watch')) return;
      waiting.push(response);
    });
    const watches = Array.from({ length: 40 }, () => transport.stream({ ...get, path: '/watch' }, 60_000));
    await Promise.all(watches);
    const requests = Promise.all(Array.from({ length: 60 }, () => transport.exchange(get, 1_000)));
    await until(() => waiting.length === 32);
    assert.equal(sockets.size, 72);
    const answering = setInterval(() => waiting.shift()?.end('{}'), 1);
    await requests;
    clearInterval(answering);
  });

  test('gives up on a server that does not answer in time', async t => {
    const { transport, clock, sockets } = await setUp(t, () => undefined);
    const failed = assert.rejects(transport.exchange(get, 1_000), DeadlineExceeded);
    await until(() => sockets.size === 1);
    await clock.advance(1_000);
    await failed;
  });

  test('gives up when the signal of the request aborts', async t => {
    const { transport, sockets } = await setUp(t, () => undefined);
    const stop = new AbortController();
    const failed = assert.rejects(transport.exchange({ ...get, signal: stop.signal }, 1_000), { name: 'AbortError' });
    await until(() => sockets.size === 1);
    stop.abort();
    await failed;
  });

  test('reads the token again after a while, and at once after the server refused it', async t => {
    const tokens: (string | undefined)[] = [];
    const { transport, clock, tokenFile } = await setUp(t, (request, response) => {
      tokens.push(request.headers.authorization);
      response.writeHead(request.headers.authorization === 'Bearer first' ? 401 : 200).end();
    });
    t.mock.timers.enable({ apis: ['Date'] });
    assert.equal((await transport.exchange(get, 1_000)).status, 401);
    await writeFile(tokenFile, 'second');
    // Client-node keeps what it read for a minute of the wall clock.
    t.mock.timers.tick(61_000);
    assert.equal((await transport.exchange(get, 1_000)).status, 200);
    await writeFile(tokenFile, 'third');
    t.mock.timers.tick(61_000);
    await transport.exchange(get, 1_000);
    await clock.advance(10_001);
    await transport.exchange(get, 1_000);
    assert.deepEqual(tokens, ['Bearer first', 'Bearer second', 'Bearer second', 'Bearer third']);
  });

  test('that is closed makes no new connections', async t => {
    const { transport } = await setUp(t, (_request, response) => response.end('{}'));
    await transport.exchange(get, 1_000);
    await transport.close();
    await assert.rejects(transport.exchange(get, 1_000), /closed/);
  });

  test('goes on with the credentials in hand while their files are being replaced', async t => {
    const { transport, clock, tokenFile } = await setUp(t, (_request, response) => response.end('{}'));
    await transport.exchange(get, 1_000);
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 61_000 });
    await rm(tokenFile);
    await clock.advance(10_001);
    assert.equal((await transport.exchange(get, 1_000)).status, 200);
  });
});

test('a transport goes through the HTTP proxy of the kubeconfig', async t => {
  const seen: (string | undefined)[] = [];
  const proxy = createServer((request, response) => {
    seen.push(request.url);
    response.end('{}');
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  const config = new KubeConfig();
  const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const cluster = { name: 'c', server: 'http://api.example:6443', skipTLSVerify: true, proxyUrl };
  config.loadFromClusterAndUser(cluster, { name: 'u' });
  const transport = new KubeConfigTransport(config, { userAgent: 'tester/1' });
  t.after(async () => {
    await transport.close();
    proxy.close();
  });
  assert.equal((await transport.exchange(get, 5_000)).status, 200);
  assert.deepEqual(seen, ['http://api.example:6443/api/v1/nodes?limit=1']);
});

describe('a stream', () => {
  test('hands out the body as it comes', async t => {
    const next = Promise.withResolvers<void>();
    const { transport } = await setUp(t, async (_request, response) => {
      response.write('one');
      await next.promise;
      response.end('two');
    });
    const body = await transport.stream(get, 60_000);
    assert.ok(!('status' in body));
    const chunks: string[] = [];
    for await (const chunk of body) {
      chunks.push(Buffer.from(chunk).toString());
      next.resolve();
    }
    assert.deepEqual(chunks, ['one', 'two']);
  });

  test('is an answer when the server refuses', async t => {
    const { transport } = await setUp(t, (_request, response) => response.writeHead(410).end('gone'));
    assert.deepEqual(await transport.stream(get, 60_000), { status: 410, text: 'gone' });
  });

  test('fails when nothing comes any more', async t => {
    const { transport } = await setUp(t, (_request, response) => void response.write('one'));
    const body = await transport.stream(get, 200);
    await assert.rejects(
      async () => {
        assert.ok(!('status' in body));
        for await (const chunk of body) assert.equal(Buffer.from(chunk).toString(), 'one');
      },
      { code: 'UND_ERR_BODY_TIMEOUT' },
    );
  });

  test('ends when its signal aborts', async t => {
    const { transport } = await setUp(t, (_request, response) => void response.write('one'));
    const stop = new AbortController();
    const body = await transport.stream({ ...get, signal: stop.signal }, 60_000);
    await assert.rejects(
      async () => {
        assert.ok(!('status' in body));
        for await (const _ of body) stop.abort();
      },
      { name: 'AbortError' },
    );
  });
});

test('a transport without a cluster says what to do', () => {
  assert.throws(() => new KubeConfigTransport(new KubeConfig(), { userAgent: 'x' }), /set KUBECONFIG/);
});
