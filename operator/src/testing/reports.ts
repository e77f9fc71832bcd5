/** Reports and views of parties, as parties would give them. */
import type { Certificate, KeyReport, PartyReport } from '@mpc-operator/crds/control';
import type { PartyView, PartyViews } from '../parties/view.ts';

export const KEY_ID = '0123456789abcdef0123456789abcdef';
const PUBLIC_KEY = 'ab'.repeat(32);

export function partyReport(party: number, changes: Partial<PartyReport> = {}): PartyReport {
  return {
    party,
    identity: party.toString(16).padStart(64, '0'),
    incarnation: 1,
    position: 0,
    ready: true,
    hsm: { healthy: true, generation: 1 },
    acquainted: [1, 2, 3].filter(id => id !== party),
    watching: true,
    keys: 0,
    sessions: 0,
    ...changes,
  };
}

export function certificate(epoch: number, changes: Partial<Certificate> = {}): Certificate {
  return {
    keyId: KEY_ID,
    curve: 'ed25519',
    purpose: 'eddsa',
    threshold: 2,
    publicKey: PUBLIC_KEY,
    epoch,
    base: epoch === 1 ? 0 : epoch - 1,
    trigger: epoch === 1 ? 'keygen@' : `annotation@${epoch}`,
    commitments: [PUBLIC_KEY, PUBLIC_KEY],
    chainCodeHash: '11'.repeat(32),
    transcript: '22'.repeat(32),
    approvers: [],
    admins: [],
    acks: [1, 2, 3].map(party => ({ party, identity: '33'.repeat(32), signature: '44'.repeat(64) })),
    ...changes,
  };
}

/** A key at rest in this epoch. */
export function keyReport(epoch: number, changes: Partial<KeyReport> = {}): KeyReport {
  return {
    keyId: KEY_ID,
    spec: { name: 'treasury', curve: 'ed25519', purpose: 'eddsa', threshold: 2, parties: [1, 2, 3] },
    publicKey: PUBLIC_KEY,
    addresses: [{ chain: 'solana', network: 'mainnet', address: 'So1ana' }],
    active: epoch,
    final: epoch,
    erasedBelow: epoch,
    highest: epoch,
    certificate: certificate(epoch),
    triggers: [],
    ...changes,
  };
}

/** A keygen that has not led to a certificate, or has not yet. */
export function keygenReport(
  number: number,
  phase: 'Preparing' | 'Acknowledged' | 'Failed',
  changes: Partial<NonNullable<KeyReport['attempt']>> = {},
): KeyReport {
  return {
    spec: keyReport(1).spec,
    addresses: [],
    active: 0,
    final: 0,
    erasedBelow: 0,
    highest: number,
    attempt: { number, trigger: 'keygen@', phase, ...changes },
    triggers: [],
  };
}

export function view(id: number, keys: readonly KeyReport[] = [], changes: Partial<PartyReport> = {}): PartyView {
  return { id, report: partyReport(id, { keys: keys.length, ...changes }), keys };
}

/** Views of parties that hold the same keys. */
export function views(keys: readonly KeyReport[] = [], ids: readonly number[] = [1, 2, 3]): PartyViews {
  return new Map(ids.map(id => [id, view(id, keys)]));
}

/** The same views, with another view of one party. */
export function withView(views: PartyViews, changed: PartyView): PartyViews {
  return new Map([...views, [changed.id, changed]]);
}
