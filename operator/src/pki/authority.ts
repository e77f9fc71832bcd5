/**
 * The certificate authority of one MpcCluster and the certificates it issues, X.509 v3 (RFC 5280) over P-256. It
 * authenticates connections to NATS only, never a party to a party.
 */
import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralNames,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' } as const;

const DAY = 24 * 3600 * 1000;
const AUTHORITY_LIFETIME = 3650 * DAY;
/**
 * Ninety days. A certificate is renewed after two thirds of them, which leaves a month to notice that renewal does not
 * work.
 */
export const CERTIFICATE_LIFETIME = 90 * DAY;
/** Certificates become valid this much before they are issued, since the clocks of nodes differ. */
const BACKDATE = 10 * 60 * 1000;

/** A certificate and its private key, both PEM. The key is PKCS #8. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

/** The names that a certificate is for. `uri` names a client of NATS; `dnsNames` are those of a server. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly uri: string;
  readonly dnsNames: readonly string[];
}

/** Creates a self-signed authority that can issue end-entity certificates only (path length 0). */
export async function createAuthority(commonName: string, now: Date): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [commonName] }],
    keys,
    signingAlgorithm: SIGNATURE_ALGORITHM,
    ...validity(now, AUTHORITY_LIFETIME),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return exportPair(certificate, keys.privateKey);
}

/**
 * Makes a new key and a certificate for it. A certificate with DNS names serves TLS and is also for a client, as NATS
 * servers connect to each other; a certificate without DNS names is for a client only.
 */
export async function issue(authority: KeyPair, request: CertificateRequest, now: Date): Promise<KeyPair> {
  const issuer = new X509Certificate(authority.certificate);
  const signingKey = await importPrivateKey(authority.privateKey);
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
  const names: JsonGeneralNames = [
    { type: 'url', value: request.uri },
    ...request.dnsNames.map(value => ({ type: 'dns', value }) as const),
  ];
  const usages = [ExtendedKeyUsage.clientAuth, ...(request.dnsNames.length > 0 ? [ExtendedKeyUsage.serverAuth] : [])];
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [request.commonName] }],
    issuer: issuer.subjectName.toJSON(),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: SIGNATURE_ALGORITHM,
    ...validity(now, CERTIFICATE_LIFETIME),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension(usages),
      new SubjectAlternativeNameExtension(names),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return exportPair(certificate, keys.privateKey);
}

function validity(now: Date, lifetime: number): { notBefore: Date; notAfter: Date } {
  // The times are whole seconds: a certificate holds no more.
  const start = Math.floor(now.getTime() / 1000) * 1000;
  return { notBefore: new Date(start - BACKDATE), notAfter: new Date(start + lifetime) };
}

/** 127 random bits. RFC 5280 4.1.2.2 demands that a serial number is positive and has at most 20 octets. */
function serialNumber(): string {
  const bytes = crypto.getRandomValues(Buffer.alloc(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01;
  return bytes.toString('hex');
}

async function exportPair(certificate: X509Certificate, key: webcrypto.CryptoKey): Promise<KeyPair> {
  const privateKey = PemConverter.encode(await crypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
  return { certificate: `${certificate.toString('pem')}\n`, privateKey: `${privateKey}\n` };
}

async function importPrivateKey(pem: string): Promise<webcrypto.CryptoKey> {
  return crypto.subtle.importKey('pkcs8', PemConverter.decodeFirst(pem), KEY_ALGORITHM, false, ['sign']);
}
