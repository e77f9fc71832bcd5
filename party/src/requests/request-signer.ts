/**
 * A party's part in the sessions of SignRequests: it leads some, and joins those of other leaders if it finds the same
 * request at the API server.
 */
import { randomBytes } from 'node:crypto';
import type { AuxiliaryCertificate, Certificate } from '@mpc-operator/crds/control';
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import type { Clock } from '@mpc-operator/runtime/clock';
import type { Logger } from '@mpc-operator/runtime/log';
import { whyNotWith } from '../auxiliary/agreed.ts';
import type { Bans } from '../bans/bans.ts';
import { type AuxiliaryState, isCertified, type KeyState } from '../epochs/key-state.ts';
import { type AnyCertificate, certificateOf } from '../epochs/proposal.ts';
import { Declined, InvitedSessions, type Lead } from '../host/invited-sessions.ts';
import type { Keyring } from '../keys/keyring.ts';
import { whyNotTogether } from '../keys/quorum.ts';
import type { Peers } from '../peers/peers.ts';
import { PresignatureGone } from '../presignatures/presignature-gone.ts';
import type { Presignatures } from '../presignatures/presignatures.ts';
import type { Channel } from '../protocol/session/channel.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { Decision, ToSign } from './decision.ts';
import { decodeSignMessage, encodeSignMessage, type SignInvitation } from './invitation.ts';
import type { RequestStates } from './request-state.ts';
import { signatureOf, signTogether } from './sign.ts';
import { fits } from './sign-ecdsa.ts';
import type { SigningDeps } from './signing-job.ts';
import type { Signature } from './status.ts';

export interface RequestSignerOptions extends SigningDeps {
  readonly keyring: SigningDeps['keyring'] & Pick<Keyring, 'merge'>;
  readonly presignatures: Pick<Presignatures, 'get' | 'take' | 'hasDeclined' | 'haveSigned'>;
  readonly bans: Pick<Bans, 'has'>;
  readonly peers: Pick<Peers, 'starts'>;
  readonly clock: Clock;
  readonly me: PartyId;
  /** Carries invitations and the answers to them. */
  readonly channel: Channel;
  /** The request as the API server has it now, or as this party last saw it. */
  readonly find: (name: string, uid: string) => Promise<SignRequest | undefined>;
  readonly decide: (request: SignRequest) => Decision;
  readonly states: Pick<RequestStates, 'othersActive' | 'askedAgain' | 'sessionFailed'>;
  readonly log: Logger;
}

/** The number of sessions of one leader that this party joins at once. */
const MOST_PER_LEADER = 64;

/** The longest session in milliseconds. A session of a leader that has gone ends by then. */
const MAX_SESSION = 30_000;

/** The reason for declining that a leader is told which names a presignature that is not here. */
const NO_PRESIGNATURE = 'no such presignature here';

export class RequestSigner {
  readonly #options: RequestSignerOptions;
  readonly #sessions: InvitedSessions<SignInvitation>;

  constructor(options: RequestSignerOptions) {
    this.#options = options;
    const { me, channel, peers, clock, log } = options;
    this.#sessions = new InvitedSessions<SignInvitation>({
      ...{ me, channel, peers, clock, log },
      encode: encodeSignMessage,
      decode: decodeSignMessage,
      purpose: 'sign',
      about: ({ request }) => ({ request: request.name }),
      mostPerLeader: MOST_PER_LEADER,
      join: (leader, invitation, signal) => this.#join(leader, invitation, signal),
      reasonOf: error => (error instanceof PresignatureGone ? NO_PRESIGNATURE : 'not able to'),
    });
  }

  /** Joins no more sessions; resolves when the joined sessions are over, and what they signed is recorded. */
  async close(): Promise<void> {
    await this.#sessions.close();
  }

  /**
   * Invites the signers and signs with them; from the presignature of that id, if one is given.
   * @throws as `signTogether`
   */
  async lead(
    request: SignRequest,
    { key, requested }: ToSign,
    signers: readonly PartyId[],
    timeout: number,
    presignature?: string,
  ): Promise<Signature> {
    const { name, uid = '' } = request.metadata;
    const session = `sign-${randomBytes(16).toString('hex')}`;
    const { keyId, active: epoch } = key;
    const ecdsa = this.#ecdsaPart(key, presignature);
    const invitation: SignInvitation = {
      type: 'invitation',
      ...{ session, request: { name, uid }, keyId, epoch, signers: [...signers] },
      ...pendingCertificate(key),
      ...(ecdsa && { ecdsa }),
    };
    const job = { session, request: uid, keyId, epoch, signers, requested, timeout, ...(ecdsa && { ecdsa }) };
    // that a presignature is gone is nobody's fault, and believed only in a session that needs a presignature
    const meaningOf = (reason: string, party: PartyId) =>
      presignature !== undefined && reason === NO_PRESIGNATURE ? new PresignatureGone(reason, party) : undefined;
    const { presignatures } = this.#options;
    try {
      const run = (lead: Lead) => signTogether(this.#options, { ...job, ...lead });
      const signature = await this.#sessions.lead(invitation, run, meaningOf);
      if (presignature !== undefined) presignatures.haveSigned(signers);
      return signature;
    } catch (error) {
      // the presignature is used up all the same: who declines again and again is asked for ever fewer
      if (error instanceof PresignatureGone && error.party !== undefined) presignatures.hasDeclined(error.party);
      throw error;
    }
  }

  /** The part of an invitation that only sessions of ecdsa keys have. */
  #ecdsaPart(key: KeyState, presignature: string | undefined): SignInvitation['ecdsa'] {
    if (key.spec.purpose !== 'ecdsa') return undefined;
    const auxiliary = this.#options.keyring.auxiliary()?.state;
    return {
      generation: auxiliary?.active ?? 0,
      ...(auxiliary && pendingCertificate(auxiliary)),
      ...(presignature !== undefined && { presignature }),
    };
  }

  async #join(leader: PartyId, invitation: SignInvitation, signal: AbortSignal): Promise<void> {
    const { find, states } = this.#options;
    const { request } = invitation;
    const found = await find(request.name, request.uid);
    try {
      this.#learn(invitation);
      const signed = await signatureOf(this.#options, request.uid);
      // after the last look at disk or API server: a KeyShareSet that is deleted meanwhile signs nothing
      const toSign = this.#admit(leader, invitation, found);
      if (signed) {
        states.askedAgain(request.name);
        throw new Declined('signed before');
      }
      states.othersActive(request.name);
      await this.#sign(invitation, toSign, signal);
    } catch (error) {
      if (found && !(error instanceof Declined)) states.sessionFailed(found, error);
      throw error;
    }
  }

  /** The data to sign, as this party itself finds them. @throws Declined */
  #admit(leader: PartyId, invitation: SignInvitation, found: SignRequest | undefined): ToSign {
    const { me, decide } = this.#options;
    if (found === undefined) throw new Declined('no such request here');
    const decision = decide(found);
    if (decision.kind === 'ignore') throw new Declined('finished, or not of this cluster');
    if (decision.kind !== 'sign') throw new Declined(decision.reason);
    const why = whyNot(me, leader, invitation, decision) ?? this.#whyNotWith(leader, invitation);
    if (why !== undefined) throw new Declined(why);
    return decision;
  }

  async #sign(invitation: SignInvitation, { requested, deadline }: ToSign, signal: AbortSignal): Promise<void> {
    const { session, request, keyId, epoch, signers, ecdsa } = invitation;
    const timeout = Math.max(1, Math.min(deadline - this.#options.clock.date().getTime(), MAX_SESSION));
    const job = { session, request: request.uid, keyId, epoch, signers, requested, timeout, signal };
    const { generation = 0, presignature } = ecdsa ?? {};
    const from = { generation, ...(presignature !== undefined && { presignature }) };
    await signTogether(this.#options, { ...job, ...(ecdsa && { ecdsa: from }) });
  }

  /**
   * Why this party does not sign with the auxiliary information or presignature of an invitation; undefined: it signs.
   */
  #whyNotWith(leader: PartyId, { keyId, epoch, signers, ecdsa }: SignInvitation): string | undefined {
    const { keyring, presignatures, bans } = this.#options;
    const banned = ecdsa === undefined ? [] : signers.filter(signer => bans.has(signer));
    if (banned.length > 0) return `parties ${banned.join(', ')} are banned here`;
    if (ecdsa === undefined)
      return keyring.byId(keyId)?.state.spec.purpose === 'ecdsa' ? 'no generation named' : undefined;
    if (ecdsa.presignature === undefined) return whyNotWith(keyring, ecdsa.generation, signers);
    const pooled = presignatures.get(ecdsa.presignature);
    return pooled && fits(pooled, leader, { keyId, epoch, signers }) ? undefined : NO_PRESIGNATURE;
  }

  /** Takes over the certificates of an invitation, which may not have come by gossip yet. */
  #learn({ certificate, ecdsa }: SignInvitation): void {
    for (const learnt of [certificate, ecdsa?.certificate]) {
      if (learnt === undefined) continue;
      const { keyId, epoch } = learnt;
      const attempts = [{ epoch, acks: [], certificate: learnt, activated: [] }];
      this.#options.keyring.merge({ keyId, attempts, erased: [] });
    }
  }
}

/** The certificate of the active epoch, unless every party is known to have it. */
function pendingCertificate(key: KeyState): { certificate?: Certificate };
function pendingCertificate(auxiliary: AuxiliaryState): { certificate?: AuxiliaryCertificate };
function pendingCertificate(key: KeyState | AuxiliaryState): { certificate?: AnyCertificate } {
  const attempt = key.attempts.get(key.active);
  if (attempt === undefined || key.active === key.final || !isCertified(attempt)) return {};
  return { certificate: certificateOf(attempt.proposal, attempt.acks) };
}

/** Why this party does not join a session for a request that it would sign; undefined: it joins. */
function whyNot(
  me: PartyId,
  leader: PartyId,
  { signers, keyId, epoch }: SignInvitation,
  { key }: ToSign,
): string | undefined {
  if (key.keyId !== keyId) return 'another key of that name here';
  const attempt = key.attempts.get(epoch);
  if (attempt === undefined || !isCertified(attempt)) return 'an epoch that is not certified here, or replaced';
  return whyNotTogether(key.spec, signers, { me, leader });
}
