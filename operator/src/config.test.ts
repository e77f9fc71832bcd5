import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig } from './config.ts';

const required = { POD_NAMESPACE: 'mpc-system', PARTY_IMAGE: 'p:1', HSM_IMAGE: 'h:1', NATS_IMAGE: 'n:1' };

test('what is not set has a default', () => {
  assert.deepEqual(parseConfig(required), {
    namespace: 'mpc-system',
    images: { party: 'p:1', hsm: 'h:1', nats: 'n:1' },
    apiServer: { cidrs: [], ports: [443, 6443] },
    watchNamespaces: [],
    logLevel: 'info',
    httpPort: 8080,
    leaderElection: true,
  });
});

test('lists are separated by commas', () => {
  const config = parseConfig({
    ...required,
    WATCH_NAMESPACES: 'a, b,',
    API_SERVER_CIDRS: '10.0.0.1/32,fd00::/8',
    API_SERVER_PORTS: '6443',
    LEADER_ELECTION: 'false',
  });
  assert.deepEqual(config.watchNamespaces, ['a', 'b']);
  assert.deepEqual(config.apiServer, { cidrs: ['10.0.0.1/32', 'fd00::/8'], ports: [6443] });
  assert.equal(config.leaderElection, false);
});

test('what is wrong is named, with its value and the remedy', () => {
  const { PARTY_IMAGE: _, ...rest } = required;
  assert.throws(
    () => parseConfig({ ...rest, LOG_LEVEL: 'loud', API_SERVER_CIDRS: 'x' }),
    error => {
      assert.ok(error instanceof Error);
      assert.match(error.message, /PARTY_IMAGE=: must be set to an image/);
      assert.match(error.message, /LOG_LEVEL=loud: .*"debug"/);
      assert.match(error.message, /API_SERVER_CIDRS=x: must be CIDRs/);
      return true;
    },
  );
});
