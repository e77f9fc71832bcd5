/**
 * Makes and refreshes keys. The operator may ask for nothing more, and nothing more comes of it than an acknowledged
 * sharing: the parties take the steps that follow (certify, activate, erase) by themselves.
 */
import type { AttemptReport, Command, KeySpec } from '@mpc-operator/crds/control';
import type { Clock } from '@mpc-operator/runtime/clock';
import type { Logger } from '@mpc-operator/runtime/log';
import { TokenBuckets } from '@mpc-operator/runtime/token-bucket';
import { acknowledgedBytes, type Proposal } from '../epochs/proposal.ts';
import { Attendance } from '../host/attendance.ts';
import type { SessionHost } from '../host/session-host.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { Peers } from '../peers/peers.ts';
import { curves } from '../protocol/curve/curve.ts';
import { Secret } from '../protocol/secret.ts';
import type { Signer } from '../protocol/session/signer.ts';
import { keygen, keygenMessages } from '../protocol/sharing/keygen.ts';
import { refresh, refreshMessages } from '../protocol/sharing/refresh.ts';
import { type KeyShare, sharingHash } from '../protocol/sharing/sharing.ts';
import { curvesOf } from '../protocol/signing/scheme.ts';
import type { SecretName } from '../store/secret-name.ts';
import { membersOf, Refused, rejectBusyOrUnfit, rejectDisordered } from './admission.ts';
import { attempt } from './attempt.ts';
import type { AttemptNumbers } from './attempt-numbers.ts';
import { newKeyProposal, refreshProposal } from './proposals.ts';
import { rejectCarriedOut } from './run-once.ts';

export interface CeremoniesOptions {
  readonly keyring: Keyring;
  readonly host: SessionHost;
  readonly peers: Peers;
  readonly signer: Signer;
  readonly numbers: AttemptNumbers;
  readonly log: Logger;
  readonly clock: Clock;
  /** Called when an attempt at the key of this name has begun or ended. */
  readonly changed: (name: string) => void;
}

type Keygen = Extract<Command, { verb: 'keygen' }>;
type Refresh = Extract<Command, { verb: 'refresh' }>;

/** An attempt that begins. */
interface Begun {
  readonly spec: KeySpec;
  /** Missing while the key is made. */
  readonly keyId?: string;
  readonly number: number;
  readonly trigger: string;
}

/**
 * Milliseconds until a session gives up. The parties begin within moments of each other, when the command reaches them.
 */
const TIMEOUT = 30_000;
/**
 * The limit for refreshes of one key: `REFRESH_BURST` at once, then one in `REFRESH_EVERY` seconds. Each refresh costs
 * all parties work, and a write to the HSM.
 */
const REFRESH_BURST = 10;
const REFRESH_EVERY = 30;

export class Ceremonies {
  readonly #options: CeremoniesOptions;
  /**
   * The newest attempt at each key, running or failed, by the name of the key. Acknowledged attempts are in the
   * keyring.
   */
  readonly #attempts = new Map<string, { readonly spec: KeySpec; readonly report: AttemptReport }>();
  readonly #refreshes: TokenBuckets<string>;

  constructor(options: CeremoniesOptions) {
    this.#options = options;
    const { clock } = options;
    this.#refreshes = new TokenBuckets({ perSecond: 1 / REFRESH_EVERY, burst: REFRESH_BURST, clock });
  }

  /** The attempts that run, or that failed and were not followed by another, by the name of the key. */
  attempts(): ReadonlyMap<string, { readonly spec: KeySpec; readonly report: AttemptReport }> {
    return this.#attempts;
  }

  /**
   * Begins a keygen. `attempts` shows how it ends.
   * @throws Refused
   */
  keygen({ spec, number, run, triggers }: Keygen): void {
    const { keyring, peers, host, clock } = this.#options;
    rejectMalformed(spec, peers.me);
    const held = keyring.byName(spec.name).map(({ state }) => state);
    const activated = held.find(key => key.active > 0);
    if (activated)
      throw new Refused('KeyExists', `this party holds key ${activated.keyId} under the name ${spec.name}`);
    this.#rejectBusyOrUnfit(spec.name, number, Math.max(0, ...held.map(key => key.highest)));
    const members = membersOf(peers, spec.parties);

    this.#attempt({ spec, number, trigger: 'keygen@' }, async () => {
      const { curve, purpose, threshold, parties } = spec;
      const extras = { purpose, triggers };
      const suite = `${curve}/v1`;
      const session = `keygen-${run}`;
      const parameters = { session, protocol: 'keygen/v1', suite, key: spec.name, epoch: number, threshold, extras };
      const job = { parameters, parties, uses: [], timeout: TIMEOUT };
      using attendance = new Attendance(parties, peers, clock);
      const outcome = await host.run(
        { ...job, signal: attendance.signal },
        keygenMessages({ curve, threshold }),
        party => keygen(party, { curve, threshold }),
      );
      const { share, chainCode } = outcome.result;
      using _ = chainCode;
      const proposal = newKeyProposal(spec, number, members, outcome);
      const secret = { name: { kind: 'chainCode', keyId: proposal.keyId }, secret: chainCode } as const;
      await this.#acknowledge(spec, proposal, triggers, share, [secret]);
    });
  }

  /**
   * Begins a refresh. `attempts` shows how it ends.
   * @throws Refused
   */
  refresh({ keyId, number, run, trigger }: Refresh): void {
    const { keyring, peers, host, clock } = this.#options;
    const key = keyring.byId(keyId)?.state;
    const base = key?.attempts.get(key.final)?.proposal;
    if (key === undefined) throw new Refused('KeyUnknown', `this party holds no key ${keyId}`);
    if (base === undefined || key.active !== key.final) {
      throw new Refused(
        'NotFinal',
        `epoch ${key.active} of key ${keyId} is not final: not every party has activated it yet`,
      );
    }
    rejectCarriedOut(key, trigger);
    this.#rejectBusyOrUnfit(key.spec.name, number, key.highest);
    membersOf(peers, key.spec.parties);
    if (!this.#refreshes.of(keyId).tryTake()) {
      throw new Refused(
        'TooOften',
        `more than ${REFRESH_BURST} refreshes of key ${keyId} in a row: one in ${REFRESH_EVERY} s is made`,
      );
    }

    this.#attempt({ spec: key.spec, keyId, number, trigger }, async () => {
      const old = await keyring.share(keyId, base.epoch);
      using _ = old.secret;
      const { curve, threshold, parties } = key.spec;
      const extras = { base: base.epoch, sharing: sharingHash(old.sharing), trigger };
      const session = `refresh-${run}`;
      const parameters = {
        session,
        protocol: 'refresh/v1',
        suite: `${curve}/v1`,
        key: keyId,
        epoch: number,
        threshold,
        extras,
      };
      const job = { parameters, parties, uses: [{ keyId, epoch: base.epoch }], timeout: TIMEOUT };
      using attendance = new Attendance(parties, peers, clock);
      const outcome = await host.run(
        { ...job, signal: attendance.signal },
        refreshMessages({ curve, threshold }),
        party => refresh(party, old),
      );
      await this.#acknowledge(key.spec, refreshProposal(base, number, trigger, outcome), [trigger], outcome.result, []);
    });
  }

  /** Forgets the failed attempts at a key that is destroyed: a key of the same name begins anew. */
  forget(keyId: string, name: string): void {
    this.#refreshes.forget(keyId);
    if (this.#attempts.get(name)?.report.phase === 'Failed') this.#attempts.delete(name);
  }

  /** Runs an attempt, and keeps what is known of it for the operator. */
  #attempt({ spec, ...about }: Begun, run: () => Promise<void>): void {
    const { log, changed, numbers } = this.#options;
    const { name } = spec;
    const show = (report: AttemptReport | undefined): void => {
      if (report === undefined) this.#attempts.delete(name);
      else this.#attempts.set(name, { spec, report });
      changed(name);
    };
    void attempt({ what: name, ...about, log, numbers, show }, run);
  }

  /**
   * Seals the new share beside the old one, and records this party's acknowledgement with it. Only then is the
   * acknowledgement given. Whether it may be recorded, such as beside another key of its name, is decided when its turn
   * comes (epochs/admit.ts).
   * @throws EventRefused
   */
  async #acknowledge(
    spec: KeySpec,
    proposal: Proposal,
    triggers: readonly string[],
    share: KeyShare,
    more: readonly { readonly name: SecretName; readonly secret: Secret<Uint8Array> }[],
  ): Promise<void> {
    const { keyring, signer } = this.#options;
    const { keyId, epoch } = proposal;
    using _ = share.secret;
    using secret = new Secret(curves[spec.curve].encodeScalar(share.secret.expose()));
    const signature = Buffer.from(await signer.sign(acknowledgedBytes(proposal))).toString('hex');
    const put = [{ name: { kind: 'sharing', keyId, epoch } as const, secret }, ...more];
    await keyring.record([{ type: 'EpochAcknowledged', spec, proposal, triggers: [...triggers], signature }], { put });
  }

  #rejectBusyOrUnfit(name: string, number: number, acknowledged: number): void {
    const last = this.#attempts.get(name)?.report;
    rejectBusyOrUnfit(name, number, { last, acknowledged, failed: this.#options.numbers.failed(name) });
  }
}

function rejectMalformed({ curve, purpose, threshold, parties }: KeySpec, me: number): void {
  const refuse = (why: string): never => {
    throw new Refused('Malformed', why);
  };
  if (!curvesOf[purpose].includes(curve))
    refuse(`purpose ${purpose} needs curve ${curvesOf[purpose].join(' or ')}, not ${curve}`);
  if (threshold > parties.length) refuse(`threshold ${threshold} exceeds the ${parties.length} parties`);
  rejectDisordered(parties, me);
}
