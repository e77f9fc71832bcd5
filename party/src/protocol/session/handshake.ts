import { contextFields, type SessionParameters } from './context.ts';
import { ContextMismatch } from './errors.ts';
import { agree, encodeHello, greetingCodec, HELLO, type Hello, type Standing, sessionId } from './hello.ts';
import { withOwn } from './inbox.ts';
import { decodeAll } from './judge.ts';
import type { PartyId } from './party-id.ts';
import type { Engine } from './rounds.ts';
import { makeEphemeralKey, Seals } from './seals.ts';

export interface HandshakeOptions {
  readonly parameters: SessionParameters;
  readonly standing: Standing;
  /**
   * Receives the standings of the other parties. Throws ContextMismatch if a standing contradicts what this party
   * remembers of that party.
   */
  readonly acceptStandings: (standings: ReadonlyMap<PartyId, Standing>) => void | Promise<void>;
  /** Adds the session id to the durable set of used ids. Returns false if the id was there already. */
  readonly claimSid: (sid: Uint8Array) => boolean | Promise<boolean>;
}

export interface Handshake {
  readonly sid: Uint8Array;
  readonly seals: Seals;
}

/**
 * Round 0 (attack list F3, F4): all parties show that they are there and mean the same session. They make a session id
 * and keys, which depend on fresh random bytes of each party.
 * @throws Timeout, ContextMismatch
 * @throws Misbehaviour for two hellos of one run, or a hello that does not decode
 */
export async function shakeHands(engine: Engine, options: HandshakeOptions): Promise<Handshake> {
  const { parameters, standing, acceptStandings, claimSid } = options;
  const own = makeEphemeralKey();
  const fields = contextFields(parameters);
  const context = [...fields].map(([name, digest]) => ({ name, digest }));
  const greeting = encodeHello({ context, ephemeral: own.publicKey, standing });
  const hello = await engine.post('hello', HELLO, 'all', greeting);
  const received = await engine.inbox.all('hello', HELLO);
  const hellos = new Map<PartyId, Hello>();
  for (const [from, message] of decodeAll(greetingCodec, received)) hellos.set(from, agree(fields, message));
  const all = withOwn(received, engine.me, hello);
  const sid = sessionId(all);
  const claim = async (): Promise<void> => {
    if (!(await claimSid(sid))) throw new ContextMismatch('the session id was used before');
  };
  // the claim is a durable write: it is made while the views travel
  await Promise.all([engine.compareViews(HELLO, all), claim()]);
  await acceptStandings(new Map([...hellos].map(([from, { standing }]) => [from, standing])));
  const peers = new Map([...hellos].map(([from, { ephemeral }]) => [from, ephemeral]));
  return { sid, seals: new Seals(sid, engine.me, own, peers) };
}
