/** What this party reports of itself to the operator: how it is, never a secret. */
import type { PartyReport } from '@mpc-operator/crds/control';
import type { AuxiliaryService } from '../auxiliary/auxiliary-service.ts';
import type { Custody } from '../custody.ts';
import type { Peers } from '../peers/peers.ts';
import { fingerprint } from '../protocol/identity/identity.ts';
import type { SessionRegistry } from '../protocol/session/registry.ts';
import type { Readiness } from '../readiness.ts';
import type { RequestService } from '../requests/service.ts';
import type { Revisions } from './revisions.ts';

export interface PartyReportSources {
  readonly custody: Pick<Custody, 'identity' | 'incarnation'>;
  readonly readiness: Readiness;
  readonly peers: Pick<Peers, 'me' | 'acquainted' | 'impostors'>;
  readonly revisions: Revisions;
  readonly registry: Pick<SessionRegistry, 'count'>;
  readonly auxiliary: Pick<AuxiliaryService, 'ceremony' | 'bans'>;
  readonly requests: Pick<RequestService, 'watching'>;
}

export function partyReport(sources: PartyReportSources): PartyReport {
  const { custody, readiness, peers, revisions, registry, auxiliary, requests } = sources;
  const impostors = peers.impostors();
  const reason =
    readiness.unreadiness ??
    (impostors.length > 0 ? `parties ${impostors.join(', ')} show other identities than the pinned ones` : undefined);
  return {
    party: peers.me,
    identity: fingerprint(custody.identity.publicKey),
    incarnation: custody.incarnation,
    position: revisions.current,
    ready: readiness.unreadiness === undefined,
    hsm: readiness.hsm,
    acquainted: [...peers.acquainted()],
    watching: requests.watching,
    ...(reason !== undefined && { message: reason.slice(0, 1024) }),
    keys: revisions.count,
    sessions: registry.count,
    auxiliary: auxiliary.ceremony.report(),
    banned: auxiliary.bans.report(),
  };
}
