/**
 * Makes a generation of auxiliary information when the operator asks for one. An attempt leads to acknowledged
 * information and no further: the parties certify, activate and erase by themselves, as with the epochs of a key.
 */
import type { AttemptReport, AuxiliaryReport, Command, SecurityLevel } from '@mpc-operator/crds/control';
import type { Clock } from '@mpc-operator/runtime/clock';
import type { Logger } from '@mpc-operator/runtime/log';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Bans } from '../bans/bans.ts';
import { membersOf, Refused, rejectBusyOrUnfit, rejectDisordered } from '../ceremonies/admission.ts';
import { attempt } from '../ceremonies/attempt.ts';
import type { AttemptNumbers } from '../ceremonies/attempt-numbers.ts';
import { acknowledgedAttempt } from '../ceremonies/outcome.ts';
import { rejectCarriedOut } from '../ceremonies/run-once.ts';
import { auxiliaryId } from '../epochs/auxiliary-id.ts';
import { carriedOutTriggers } from '../epochs/carried-out.ts';
import { type AuxiliaryProposal, acknowledgedBytes } from '../epochs/proposal.ts';
import { Attendance } from '../host/attendance.ts';
import type { SessionHost } from '../host/session-host.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { Peers } from '../peers/peers.ts';
import type { Owner } from '../protocol/identity/owner.ts';
import { Secret } from '../protocol/secret.ts';
import type { Member } from '../protocol/session/context.ts';
import type { Signer } from '../protocol/session/signer.ts';
import { auxInfoAgreement } from '../protocol/signing/cggmp24/agreement.ts';
import type { WorkerPool } from '../threads/worker-pool.ts';
import type { PrimeStock } from './primes.ts';

export interface AuxiliaryCeremonyOptions {
  readonly owner: Owner;
  readonly level: SecurityLevel;
  readonly keyring: Keyring;
  readonly host: Pick<SessionHost, 'conduct'>;
  readonly peers: Peers;
  readonly primes: PrimeStock;
  readonly workers: Pick<WorkerPool, 'run'>;
  readonly bans: Pick<Bans, 'has'>;
  readonly signer: Signer;
  readonly numbers: AttemptNumbers;
  readonly log: Logger;
  readonly clock: Clock;
  /** An attempt began or ended. */
  readonly changed: () => void;
}

/** What attempts are at, in words: no key has such a name. */
const WHAT = 'auxiliary information';

type AuxiliaryCommand = Extract<Command, { verb: 'auxiliary' }>;

/** The milliseconds until a session gives up: the proofs take each party seconds for each other party. */
const timeoutFor = (parties: number): number => 60_000 + 30_000 * parties;

export class AuxiliaryCeremony {
  readonly #options: AuxiliaryCeremonyOptions;
  /** The newest attempt, running or failed. An acknowledged attempt is in the keyring. */
  #attempt: AttemptReport | undefined;

  constructor(options: AuxiliaryCeremonyOptions) {
    this.#options = options;
  }

  report(): AuxiliaryReport {
    const { level, keyring, primes, numbers } = this.#options;
    const held = keyring.auxiliary();
    const state = held?.state;
    const attempt = this.#attempt ?? (state && acknowledgedAttempt(state));
    return {
      // if the cluster was made anew with another level, the information that is held is still of the old level
      level: state?.attempts.get(state.active)?.proposal.level ?? level,
      primes: primes.ready ? 'Ready' : 'Generating',
      active: state?.active ?? 0,
      final: state?.final ?? 0,
      erasedBelow: state?.erasedBelow ?? 0,
      highest: Math.max(state?.highest ?? 0, this.#attempt?.number ?? 0, numbers.failed(WHAT)),
      parties: (state?.attempts.get(state.active)?.proposal.identities ?? []).map(({ party }) => party),
      ...(attempt && { attempt }),
      triggers: state ? carriedOutTriggers(state) : [],
      ...(held?.finalTime && { finalTime: held.finalTime.toISOString() }),
    };
  }

  /** Begins an attempt. `report` shows how the attempt ends. */
  begin(command: AuxiliaryCommand): void {
    const members = this.#admit(command);
    this.#record(command, async () => {
      const { owner, level, host, peers, primes, workers, clock, keyring } = this.#options;
      const { number, run, trigger, parties } = command;
      const base = keyring.auxiliary()?.state.final ?? 0;
      const parameters = {
        session: `auxiliary-${run}`,
        ...auxInfoAgreement(level),
        key: auxiliaryId(owner),
        epoch: number,
        threshold: parties.length,
        extras: { base, trigger },
      };
      using taken = await primes.take(number);
      using attendance = new Attendance(parties, peers, clock);
      const job = { parameters, parties, uses: [], timeout: timeoutFor(parties.length), signal: attendance.signal };
      const { result, transcript } = await host.conduct(job, options =>
        workers.run('aux-info', { level, primes: taken.expose() }, options),
      );
      const { values } = result;
      const identities = members.map(({ id, identity }) => ({ party: id, identity: bytesToHex(identity) }));
      await this.#acknowledge(
        {
          kind: 'auxiliary',
          keyId: auxiliaryId(owner),
          level,
          epoch: number,
          base,
          trigger,
          values: bytesToHex(values),
          transcript: bytesToHex(transcript),
          identities,
        },
        result.record,
      );
    });
  }

  /** The members of an attempt. @throws Refused if the attempt may not begin */
  #admit({ number, level, parties, trigger }: AuxiliaryCommand): Member[] {
    const { level: own, keyring, peers, primes, bans, numbers } = this.#options;
    const state = keyring.auxiliary()?.state;
    if (level !== own) throw new Refused('Malformed', `security level ${level}: this party is started with ${own}`);
    rejectDisordered(parties, peers.me);
    const acknowledged = state?.highest ?? 0;
    rejectBusyOrUnfit(WHAT, number, { last: this.#attempt, acknowledged, failed: numbers.failed(WHAT) });
    if (state && state.active !== state.final)
      throw new Refused('NotFinal', `generation ${state.active} is not final: not every party has activated it yet`);
    rejectCarriedOut(state, trigger);
    const banned = parties.filter(party => bans.has(party));
    if (banned.length > 0)
      throw new Refused('NotReady', `parties ${banned.join(', ')} are banned here: they have provably cheated`);
    if (!primes.ready) throw new Refused('NoPrimes', `party ${peers.me} is making safe primes, which takes minutes`);
    return membersOf(peers, parties);
  }

  /** Runs an attempt, and keeps its report for the operator. */
  #record({ number, trigger }: AuxiliaryCommand, run: () => Promise<void>): void {
    const { log, changed, numbers, owner } = this.#options;
    const show = (report: AttemptReport | undefined): void => {
      this.#attempt = report;
      changed();
    };
    void attempt({ what: WHAT, keyId: auxiliaryId(owner), number, trigger, log, numbers, show }, run);
  }

  /**
   * Seals the new information beside the old, and records this party's acknowledgement with it. The acknowledgement is
   * given only after that.
   */
  async #acknowledge(proposal: AuxiliaryProposal, record: Uint8Array): Promise<void> {
    const { keyring, signer } = this.#options;
    const { keyId, epoch, level, trigger } = proposal;
    using secret = new Secret(record);
    const signature = bytesToHex(await signer.sign(acknowledgedBytes(proposal)));
    const spec = { kind: 'auxiliary', level } as const;
    await keyring.record([{ type: 'EpochAcknowledged', spec, proposal, triggers: [trigger], signature }], {
      put: [{ name: { kind: 'auxiliary', keyId, epoch }, secret }],
    });
  }
}
