/** A party's part in the sessions of SignRequests: it leads some, and comes to those of others if it finds the same request. */
import { randomBytes } from 'node:crypto';
import type { AuxiliaryCertificate, Certificate } from '@mpc-operator/crds/control';
import type { SignRequest } from '@mpc-operator/crds/generated/api';
import type { Clock } from '@mpc-operator/runtime/clock';
import type { Logger } from '@mpc-operator/runtime/log';
import { whyNotWith } from '../auxiliary/agreed.ts';
import type { Bans } from '../bans/bans.ts';
import { type AuxiliaryState, isCertified, type KeyState } from '../epochs/key-state.ts';
import { type AnyCertificate, certificateOf } from '../epochs/proposal.ts';
import { Attendance } from '../host/attendance.ts';
import { Invitations } from '../host/invitations.ts';
import { JoinedSessions } from '../host/joined-sessions.ts';
import type { Keyring } from '../keys/keyring.ts';
import { whyNotTogether } from '../keys/quorum.ts';
import type { Peers } from '../peers/peers.ts';
import { PresignatureGone, type Presignatures } from '../presignatures/presignatures.ts';
import type { Channel } from '../protocol/session/channel.ts';
import { mayBeUnheard } from '../protocol/session/errors.ts';
import type { PartyId } from '../protocol/session/party-id.ts';
import type { Verdict } from './decision.ts';
import { decodeSignMessage, encodeSignMessage, type Invitation } from './invitation.ts';
import { signatureOf, signTogether } from './sign.ts';
import { fits } from './sign-ecdsa.ts';
import type { SigningSessionOptions } from './signing.ts';
import type { Signature } from './status.ts';

export interface RequestSignerOptions extends SigningSessionOptions {
  readonly keyring: SigningSessionOptions['keyring'] & Pick<Keyring, 'merge'>;
  readonly presignatures: Pick<Presignatures, 'get' | 'take'>;
  readonly bans: Pick<Bans, 'has'>;
  readonly peers: Pick<Peers, 'starts'>;
  readonly clock: Clock;
  readonly me: PartyId;
  /** Carries invitations and their answers. */
  readonly channel: Channel;
  /** The request as the API server has it now, or as it was last seen. */
  readonly find: (name: string, uid: string) => Promise<SignRequest | undefined>;
  readonly judge: (request: SignRequest) => Verdict;
  /** This party comes to a session for the request that somebody else leads. */
  readonly invited: (name: string) => void;
  /** It came to nothing. */
  readonly failed: (request: SignRequest, error: unknown) => void;
  /** Somebody asks for a signature that this party has made before: nobody has published it yet. */
  readonly askedAgain: (name: string) => void;
  readonly log: Logger;
}

type ToSign = Extract<Verdict, { kind: 'sign' }>;

/** Sessions of one leader that this party comes to at once. */
const MAX_FOLLOWED = 64;

export class RequestSigner {
  readonly #options: RequestSignerOptions;
  readonly #invitations = new Invitations();
  readonly #followed = new JoinedSessions(MAX_FOLLOWED);
  readonly #coming = new Set<Promise<void>>();
  readonly #stop: () => void;

  constructor(options: RequestSignerOptions) {
    this.#options = options;
    this.#stop = options.channel.listen((from, bytes) => this.#hear(from, bytes));
  }

  /** Comes to no more sessions; resolves when those that it came to are over, and what they signed is recorded. */
  async close(): Promise<void> {
    this.#stop();
    await Promise.all(this.#coming);
  }

  /**
   * Invites the signers and signs with them; from that presignature, if one is given.
   * @throws as `signTogether`
   */
  async lead(
    request: SignRequest,
    { key, asked }: ToSign,
    signers: readonly PartyId[],
    timeout: number,
    presignature?: string,
  ): Promise<Signature> {
    const { me, channel, keyring, peers, clock } = this.#options;
    const { name, uid = '' } = request.metadata;
    const session = `sign-${randomBytes(16).toString('hex')}`;
    // that a presignature is gone is nobody's fault, and believed only of a session that needs one
    const meaningOf = (reason: string) =>
      presignature !== undefined && reason === NO_PRESIGNATURE ? new PresignatureGone(reason) : undefined;
    using invited = this.#invitations.open(session, signers, meaningOf);
    // an interactive session has much time, and none for a signer that has gone
    using attendance = new Attendance(signers, peers, clock);
    const invitation = {
      type: 'invitation',
      session,
      request: { name, uid },
      keyId: key.keyId,
      epoch: key.active,
    } as const;
    const auxiliary = keyring.auxiliary()?.state;
    const ecdsa = key.spec.purpose === 'ecdsa' && {
      generation: auxiliary?.active ?? 0,
      ...(auxiliary && pendingCertificate(auxiliary)),
      ...(presignature !== undefined && { presignature }),
    };
    const bytes = encodeSignMessage({
      ...invitation,
      signers: [...signers],
      ...pendingCertificate(key),
      ...(ecdsa && { ecdsa }),
    });
    const ready = async (): Promise<void> => {
      for (const signer of signers.filter(s => s !== me)) await channel.send(signer, bytes);
    };
    const signing = { session, request: uid, keyId: key.keyId, epoch: key.active, signers, asked, timeout };
    const signal = AbortSignal.any([invited.signal, attendance.signal]);
    const more = { signal, ready, ...(ecdsa && { ecdsa }) };
    return await signTogether(this.#options, { ...signing, ...more });
  }

  #hear(from: PartyId, bytes: Uint8Array): void {
    const signMessage = decodeSignMessage(bytes);
    if (signMessage?.type === 'decline') this.#invitations.decline(from, signMessage.session, signMessage.reason);
    if (signMessage?.type !== 'invitation' || this.#followed.has(signMessage.session)) return;
    const coming = this.#follow(from, signMessage)
      .catch((error: unknown) => {
        this.#options.log.error('an invitation was not answered', {
          leader: from,
          session: signMessage.session,
          error,
        });
      })
      .finally(() => this.#coming.delete(coming));
    this.#coming.add(coming);
  }

  async #follow(leader: PartyId, invitation: Invitation): Promise<void> {
    const { session } = invitation;
    using place = this.#followed.enter(leader, session);
    if (place === undefined) await this.#decline(leader, session, 'too many sessions');
    else await this.#come(leader, invitation);
  }

  async #come(leader: PartyId, invitation: Invitation): Promise<void> {
    const { me, find, judge, log } = this.#options;
    const { session, request } = invitation;
    let found: SignRequest | undefined;
    try {
      found = await find(request.name, request.uid);
      this.#learn(invitation);
      const verdict = found && judge(found);
      const why = whyNot(me, leader, invitation, verdict) ?? this.#whyNotWith(leader, invitation);
      if (why !== undefined || verdict?.kind !== 'sign')
        return await this.#decline(leader, session, why ?? 'not to be signed');
      if (await signatureOf(this.#options, request.uid)) {
        this.#options.askedAgain(request.name);
        return await this.#decline(leader, session, 'signed before');
      }
      this.#options.invited(request.name);
      await this.#sign(invitation, verdict);
      log.debug('signed', { request: request.name, session, leader });
    } catch (error) {
      log.warn('a session to sign failed', { request: request.name, session, leader, error });
      if (found) this.#options.failed(found, error);
      if (mayBeUnheard(error))
        await this.#decline(leader, session, error instanceof PresignatureGone ? NO_PRESIGNATURE : 'not able to');
    }
  }

  async #sign(invitation: Invitation, { asked, deadline }: ToSign): Promise<void> {
    const { peers, clock } = this.#options;
    const { session, request, keyId, epoch, signers, ecdsa } = invitation;
    const timeout = Math.max(1, Math.min(deadline - clock.date().getTime(), MAX_SESSION));
    const signing = { session, request: request.uid, keyId, epoch, signers, asked, timeout };
    const { generation = 0, presignature } = ecdsa ?? {};
    const from = { generation, ...(presignature !== undefined && { presignature }) };
    // nobody holds on to an epoch for a leader that has gone
    using attendance = new Attendance(signers, peers, clock);
    await signTogether(this.#options, { ...signing, signal: attendance.signal, ...(ecdsa && { ecdsa: from }) });
  }

  /** Why this party does not come with what an ecdsa key needs beside a share. */
  #whyNotWith(leader: PartyId, { keyId, epoch, signers, ecdsa }: Invitation): string | undefined {
    const { keyring, presignatures, bans } = this.#options;
    const banned = ecdsa === undefined ? [] : signers.filter(signer => bans.has(signer));
    if (banned.length > 0) return `parties ${banned.join(', ')} are banned here`;
    if (ecdsa === undefined)
      return keyring.byId(keyId)?.state.spec.purpose === 'ecdsa' ? 'no generation named' : undefined;
    if (ecdsa.presignature === undefined) return whyNotWith(keyring, ecdsa.generation, signers);
    const pooled = presignatures.get(ecdsa.presignature);
    return pooled && fits(pooled, leader, { keyId, epoch, signers }) ? undefined : NO_PRESIGNATURE;
  }

  /** Takes over a certificate that has not come by gossip yet. */
  #learn({ certificate, ecdsa }: Invitation): void {
    for (const learnt of [certificate, ecdsa?.certificate]) {
      if (learnt === undefined) continue;
      const { keyId, epoch } = learnt;
      const attempts = [{ epoch, acks: [], certificate: learnt, activated: [] }];
      this.#options.keyring.merge({ keyId, attempts, erased: [] });
    }
  }

  async #decline(leader: PartyId, session: string, reason: string): Promise<void> {
    this.#options.log.info('declined to sign', { leader, session, reason });
    await this.#options.channel.send(leader, encodeSignMessage({ type: 'decline', session, reason }));
  }
}

/** Milliseconds. A session of a leader that has gone ends here. */
const MAX_SESSION = 30_000;

/** Said to a leader that names a presignature which is not here. */
const NO_PRESIGNATURE = 'no such presignature here';

/** The certificate of an epoch that not every party is known to have. */
function pendingCertificate(key: KeyState): { certificate?: Certificate };
function pendingCertificate(auxiliary: AuxiliaryState): { certificate?: AuxiliaryCertificate };
function pendingCertificate(key: KeyState | AuxiliaryState): { certificate?: AnyCertificate } {
  const attempt = key.attempts.get(key.active);
  if (attempt === undefined || key.active === key.final || !isCertified(attempt)) return {};
  return { certificate: certificateOf(attempt.proposal, attempt.acks) };
}

/** Why this party does not come; undefined: it comes. */
function whyNot(
  me: PartyId,
  leader: PartyId,
  { signers, keyId, epoch }: Invitation,
  verdict: Verdict | undefined,
): string | undefined {
  if (verdict === undefined) return 'no such request here';
  if (verdict.kind === 'fail' || verdict.kind === 'wait') return verdict.reason;
  if (verdict.kind === 'ignore') return 'finished, or not of this cluster';
  const { key } = verdict;
  if (key.keyId !== keyId) return 'another key of that name here';
  const attempt = key.attempts.get(epoch);
  if (attempt === undefined || !isCertified(attempt)) return 'an epoch that is not certified here, or replaced';
  return whyNotTogether(key.spec, signers, { me, leader });
}
