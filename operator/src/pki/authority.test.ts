import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { before, describe, test } from 'node:test';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { CERTIFICATE_LIFETIME, createAuthority, issue, type KeyPair } from './authority.ts';
import { authorityReason, fingerprint, renewalReason, renewalTime } from './renewal.ts';

const now = new Date();
const client = { commonName: 'party 1', uri: 'mpc://mpc.keyshare.dev/ns/demo/party/1', dnsNames: [] };
const server = {
  commonName: 'nats',
  uri: 'mpc://mpc.keyshare.dev/ns/demo/nats',
  dnsNames: ['localhost', '*.demo-nats.ns.svc'],
};

describe('authority', () => {
  let authority: KeyPair;
  let other: KeyPair;
  let leaf: KeyPair;
  before(async () => {
    authority = await createAuthority('demo', now);
    other = await createAuthority('demo', now);
    leaf = await issue(authority, client, now);
  });

  test('a client certificate has its URI as the only alternative name, and is no authority', () => {
    const certificate = new X509Certificate(leaf.certificate);
    assert.equal(certificate.subjectAltName, `URI:${client.uri}`);
    assert.equal(certificate.ca, false);
    assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.2']);
  });

  test('the authority is one, of path length 0', () => {
    const certificate = new X509Certificate(authority.certificate);
    assert.equal(certificate.ca, true);
    assert.equal(authorityReason(authority), undefined);
    assert.match(fingerprint(authority.certificate), /^[0-9a-f]{64}$/);
  });

  test('client and server accept each other over TLS, and refuse those of another authority', async t => {
    const serving = await issue(authority, server, now);
    const listener = createServer({
      ca: authority.certificate,
      cert: serving.certificate,
      key: serving.privateKey,
      requestCert: true,
      rejectUnauthorized: true,
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    t.after(() => listener.close());
    const address = listener.address();
    assert.ok(address !== null && typeof address === 'object');
    const dial = (pair: KeyPair, trusted: KeyPair): TLSSocket => {
      const socket = connect({
        port: address.port,
        host: '127.0.0.1',
        servername: 'localhost',
        ca: trusted.certificate,
        cert: pair.certificate,
        key: pair.privateKey,
      });
      t.after(() => socket.destroy());
      return socket;
    };

    await once(dial(leaf, authority), 'secureConnect');
    await assert.rejects(once(dial(leaf, other), 'secureConnect'), /self-signed|unable to verify/);
    const refused = once(listener, 'tlsClientError');
    dial(await issue(other, client, now), authority).on('error', () => {});
    await refused;
  });

  test('a certificate stays until two thirds of its life', () => {
    const due = renewalTime(leaf.certificate);
    assert.equal(due.getMilliseconds(), 0);
    assert.ok(Math.abs(due.getTime() - now.getTime() - (CERTIFICATE_LIFETIME * 2) / 3) < 10 * 60 * 1000);
    const at = (ms: number) => renewalReason(leaf, authority.certificate, client, new Date(due.getTime() + ms));
    assert.equal(at(-1), undefined);
    assert.equal(at(0), 'RenewalDue');
  });

  test('a certificate that cannot serve is issued anew, whatever is wrong with it', async () => {
    const foreign = await issue(other, client, now);
    const cases: [KeyPair | undefined, typeof client, string][] = [
      [undefined, client, 'Missing'],
      [{ ...leaf, certificate: 'no certificate' }, client, 'Unreadable'],
      [{ ...leaf, privateKey: foreign.privateKey }, client, 'KeyMismatch'],
      [{ ...leaf, privateKey: '' }, client, 'KeyMismatch'],
      [foreign, client, 'OtherAuthority'],
      [leaf, { ...client, uri: `${client.uri}2` }, 'OtherNames'],
    ];
    for (const [current, request, reason] of cases) {
      assert.equal(renewalReason(current, authority.certificate, request, now), reason);
    }
  });
});
