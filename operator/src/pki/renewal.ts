import 'reflect-metadata';
import { createHash, createPrivateKey, X509Certificate as NodeCertificate } from 'node:crypto';
import { SubjectAlternativeNameExtension, X509Certificate } from '@peculiar/x509';
import type { CertificateRequest, KeyPair } from './authority.ts';

/**
 * Why a certificate must be issued anew. The reasons, and the order of the checks, follow the policies of cert-manager.
 */
export type RenewalReason = 'Missing' | 'Unreadable' | 'KeyMismatch' | 'OtherAuthority' | 'OtherNames' | 'RenewalDue';

/** Returns why `current` cannot stay as the certificate for `request`; undefined if it can. */
export function renewalReason(
  current: KeyPair | undefined,
  authority: string,
  request: CertificateRequest,
  now: Date,
): RenewalReason | undefined {
  if (current === undefined) return 'Missing';
  const certificate = parse(current.certificate);
  const issuer = parse(authority);
  if (certificate === undefined || issuer === undefined) return 'Unreadable';
  if (!ownsKey(certificate, current.privateKey)) return 'KeyMismatch';
  if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) return 'OtherAuthority';
  if (!sameNames(current.certificate, request)) return 'OtherNames';
  if (renewalTime(current.certificate) <= now) return 'RenewalDue';
  return undefined;
}

/**
 * Returns why an authority cannot stay; undefined if it can. Its age is no reason: to replace a trusted authority takes
 * three steps.
 */
export function authorityReason(current: KeyPair | undefined): 'Missing' | 'Unreadable' | 'KeyMismatch' | undefined {
  if (current === undefined) return 'Missing';
  const certificate = parse(current.certificate);
  if (certificate === undefined || !certificate.ca) return 'Unreadable';
  return ownsKey(certificate, current.privateKey) ? undefined : 'KeyMismatch';
}

/**
 * The time at which two thirds of the life of a certificate are over. It is in whole seconds, rounded up, so that a
 * timer set for it never comes early.
 */
export function renewalTime(certificate: string): Date {
  const { notBefore, notAfter } = new X509Certificate(certificate);
  const time = notBefore.getTime() + ((notAfter.getTime() - notBefore.getTime()) * 2) / 3;
  return new Date(Math.ceil(time / 1000) * 1000);
}

/** SHA-256 of the certificate, in lower-case hex. */
export function fingerprint(certificate: string): string {
  return createHash('sha256').update(new NodeCertificate(certificate).raw).digest('hex');
}

function parse(pem: string): NodeCertificate | undefined {
  try {
    return new NodeCertificate(pem);
  } catch {
    return undefined;
  }
}

function ownsKey(certificate: NodeCertificate, privateKey: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(privateKey));
  } catch {
    return false;
  }
}

function sameNames(certificate: string, request: CertificateRequest): boolean {
  const names = new X509Certificate(certificate).getExtension(SubjectAlternativeNameExtension)?.names.toJSON() ?? [];
  const actual = names.map(name => `${name.type}:${JSON.stringify(name.value)}`);
  const wanted = [`url:${JSON.stringify(request.uri)}`, ...request.dnsNames.map(name => `dns:${JSON.stringify(name)}`)];
  return actual.sort().join() === wanted.sort().join();
}
