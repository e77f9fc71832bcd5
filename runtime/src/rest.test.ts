import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ApiError, isConflict, isNotFound } from './api-error.ts';
import { DeadlineExceeded } from './deadline.ts';
import { restRequests } from './metrics.ts';
import { RestClient, type RestOptions } from './rest.ts';
import { FakeApi, failure, type Interceptor, ok, overloaded } from './testing/fake-api.ts';
import { FakeClock, settle } from './testing/fake-clock.ts';
import type { HttpRequest } from './transport.ts';

const get: HttpRequest = { method: 'GET', path: '/api/v1/nodes' };
const reset = () => Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' });

/** Returns a client whose server gives these answers, one after the other, and the last one for ever. */
function setUp(answers: readonly ReturnType<Interceptor>[], options: Partial<RestOptions> = {}) {
  const clock = new FakeClock();
  const transport = new FakeApi();
  transport.intercept = () => answers[Math.min(transport.requests.length, answers.length) - 1];
  return { clock, transport, rest: new RestClient({ transport, clock, ...options }) };
}

describe('a request', () => {
  test('that the server has no time for (429) is sent again when it said, whatever it does', async () => {
    const { clock, transport, rest } = setUp([overloaded(429, 7), ok({ fine: true })]);
    const answer = rest.call({ method: 'POST', path: '/x' }, 'refused');
    await clock.advance(6_999);
    assert.equal(transport.requests.length, 1);
    await clock.advance(1);
    assert.deepEqual(await answer, { fine: true });
  });

  test('is sent again after 503 with Retry-After, but not after 500 without', async () => {
    const busy = setUp([overloaded(503, 1), ok({})]);
    const answer = busy.rest.call(get, 'idempotent');
    await busy.clock.advance(1_000);
    await answer;
    const broken = setUp([failure(500, 'InternalError')]);
    await assert.rejects(broken.rest.call(get, 'idempotent'), ApiError);
    assert.equal(broken.transport.requests.length, 1);
  });

  test('that may have been carried out in spite of a 500 is sent again only if that does no harm', async () => {
    const unsure = { ...failure(500, 'ServerTimeout'), retryAfter: '1' };
    const read = setUp([unsure, ok({})]);
    const answer = read.rest.call(get, 'idempotent');
    await read.clock.advance(1_000);
    await answer;
    const written = setUp([unsure, ok({})]);
    await assert.rejects(written.rest.call({ method: 'POST', path: '/x' }, 'refused'), { reason: 'ServerTimeout' });
  });

  test('is not held for a server that asks for more than half a minute', async () => {
    const { rest } = setUp([overloaded(429, 3_600)]);
    await assert.rejects(rest.call(get, 'idempotent'), { code: 429, details: { retryAfterSeconds: 3_600 } });
  });

  test('whose connection broke is sent again if that does no harm, three times at most', async () => {
    const { clock, transport, rest } = setUp([reset()]);
    const failed = assert.rejects(rest.call(get, 'idempotent'), /other side closed/);
    await clock.advance(10_000);
    await failed;
    assert.equal(transport.requests.length, 4);
  });

  test('whose connection broke is not sent again if it may have been carried out', async () => {
    const { transport, rest } = setUp([reset()]);
    await assert.rejects(rest.call({ method: 'POST', path: '/x' }, 'refused'), /other side closed/);
    assert.equal(transport.requests.length, 1);
  });

  test('that nobody answered in time is sent again like one whose connection broke', async () => {
    const { clock, rest } = setUp([new DeadlineExceeded('silence'), ok({})]);
    const answer = rest.call(get, 'idempotent');
    await clock.advance(1_000);
    await answer;
  });

  test('fails at once on an error of this program', async () => {
    const { transport, rest } = setUp([new TypeError('a bug')]);
    await assert.rejects(rest.call(get, 'idempotent'), TypeError);
    assert.equal(transport.requests.length, 1);
  });

  test('ends with its signal, in the middle of a wait', async () => {
    const { clock, rest } = setUp([overloaded(429, 20)]);
    const stop = new AbortController();
    const failed = assert.rejects(rest.call({ ...get, signal: stop.signal }, 'idempotent'), { name: 'AbortError' });
    await settle();
    stop.abort();
    await failed;
    assert.equal(clock.pending, 0);
  });
});

describe('the rate of requests', () => {
  test('is limited after a burst', async () => {
    const { clock, transport, rest } = setUp([ok({})], { rateLimit: { perSecond: 10, burst: 2 } });
    const all = Promise.all(Array.from({ length: 5 }, () => rest.call(get, 'never')));
    await settle();
    assert.equal(transport.requests.length, 2);
    await clock.advance(100);
    assert.equal(transport.requests.length, 3);
    await clock.advance(200);
    await all;
  });
});

describe('the errors of a server', () => {
  test('keep code, reason, message and details', async () => {
    const status = {
      kind: 'Status',
      code: 409,
      reason: 'Conflict',
      message: 'the object has been modified',
      details: { name: 'a', kind: 'pods' },
    };
    const { rest } = setUp([{ status: 409, text: JSON.stringify(status) }]);
    await assert.rejects(rest.call(get, 'never'), (error: unknown) => {
      assert.ok(error instanceof ApiError && isConflict(error));
      assert.equal(error.message, status.message);
      assert.deepEqual(error.details, status.details);
      return true;
    });
  });

  test('are read from proxies that know no Status, too', async () => {
    const { rest } = setUp([{ status: 502, text: '<html>Bad Gateway</html>' }]);
    await assert.rejects(rest.call(get, 'never'), { code: 502, reason: '', message: '<html>Bad Gateway</html>' });
  });

  test('do not mistake an unknown kind for an object that is not there', async () => {
    const { rest } = setUp([{ status: 404, text: '404 page not found' }]);
    await assert.rejects(rest.call(get, 'never'), (error: unknown) => !isNotFound(error));
  });
});

describe('rest_client_requests_total', () => {
  test('counts by code, method and host, errors of the network as <error>', async () => {
    restRequests.reset();
    const { rest } = setUp([reset(), failure(404, 'NotFound'), ok({})]);
    await assert.rejects(rest.call(get, 'never'));
    await assert.rejects(rest.call(get, 'never'));
    await rest.call({ ...get, method: 'PATCH' }, 'never');
    const { values } = await restRequests.get();
    assert.deepEqual(
      values.map(({ labels, value }) => [labels.code, labels.method, labels.host, value]),
      [
        ['<error>', 'GET', 'fake', 1],
        ['404', 'GET', 'fake', 1],
        ['200', 'PATCH', 'fake', 1],
      ],
    );
  });
});
