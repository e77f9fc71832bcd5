/**
 * Measures threshold ECDSA in simulation: CPU of all parties and bytes of each, beside what the exponentiations and
 * curve operations of the figures cost on this machine in this run. Nothing is asserted: machines differ.
 */
import { curves } from '@mpc-operator/party/protocol/curve/curve';
import type { Simulated } from '@mpc-operator/party/protocol/session/simulator';
import { results } from '@mpc-operator/party/protocol/session/simulator';
import { groupKey } from '@mpc-operator/party/protocol/sharing/sharing';
import { simulateKeygen } from '@mpc-operator/party/protocol/sharing/testing/keys';
import {
  type Material,
  simulateAuxInfo,
  simulateOffline,
  simulateOnline,
  simulateSigning,
} from '@mpc-operator/party/protocol/signing/cggmp24/testing/simulations';
import { DataToSign } from '@mpc-operator/party/protocol/signing/data-to-sign';
import { untweaked } from '@mpc-operator/party/protocol/signing/signing-key';
import { modelOfPresigning } from './ecdsa-model.ts';
import { makeMaterial } from './material.ts';
import { Times } from './times.ts';

const RUNS = 5;

/** The measurement of one operation. All parties run in one process here, one after the other. */
export interface EcdsaMeasurement {
  readonly name: string;
  /** Median milliseconds of all parties, one after the other. */
  readonly wall: number;
  /** Median CPU milliseconds of all parties. */
  readonly cpu: number;
  /** The bytes that each party sends, on average. */
  readonly bytes: number;
  /** The number of messages that wait for each other, comparisons of broadcasts among them. */
  readonly flights: number;
  /** CPU milliseconds that the exponentiations and operations on the curve alone would take, of all parties. */
  readonly model?: number;
}

const SHAPES = [
  [2, 2],
  [2, 3],
  [3, 5],
] as const;

export async function* measureEcdsa(): AsyncGenerator<EcdsaMeasurement> {
  for (const level of [112, 128] as const) {
    const material = await makeMaterial(level, Math.max(...SHAPES.map(([, parties]) => parties)));
    for (const [threshold, parties] of SHAPES) yield* measure(material, threshold, parties);
  }
}

async function* measure(material: Material, threshold: number, parties: number): AsyncGenerator<EcdsaMeasurement> {
  const name = `${material.parameters.level} bits, ${threshold}-of-${parties}`;
  const auxInfo = await timed(() => simulateAuxInfo(parties, {}, material), 1);
  yield { name: `${name}: auxiliary information`, ...auxInfo.cost };

  const keygen = await timed(() => simulateKeygen({ curve: 'secp256k1', threshold }, parties));
  yield { name: `${name}: keygen`, ...keygen.cost };
  const shares = [...results(keygen.last).values()].map(({ result }) => result.share);

  const auxiliary = new Map([...results(auxInfo.last)].map(([id, { result }]) => [id, result]));
  const [first] = shares;
  if (first === undefined) throw new RangeError('no shares');
  const signers = first.sharing.parties.slice(0, threshold);
  const data = DataToSign.of(Buffer.from('a payment'), 'sha256');
  const signing = { shares, auxiliary, signers, data, parameters: material.parameters };
  const model = threshold * modelOfPresigning(material.parameters, auxiliary, signers);

  const presigned = await timed(() => simulateOffline(signing));
  yield { name: `${name}: presign`, ...presigned.cost, model };
  const presignatures = new Map([...results(presigned.last)].map(([id, { result }]) => [id, result]));
  const key = untweaked(curves.secp256k1, groupKey(first.sharing));
  const online = await timed(() => simulateOnline(presignatures, { curve: 'secp256k1', key, data }), 1);
  yield { name: `${name}: online`, ...online.cost };
  const interactive = await timed(() => simulateSigning(signing));
  yield { name: `${name}: interactive`, ...interactive.cost, model };
}

async function timed<T>(
  work: () => Promise<Simulated<T>>,
  runs = RUNS,
): Promise<{ cost: Omit<EcdsaMeasurement, 'name' | 'model'>; last: Simulated<T> }> {
  const times = new Times(0);
  const begin = performance.now();
  let last = await times.of(work);
  for (let i = 1; i < runs; i++) last = await times.of(work);
  const wall = (performance.now() - begin) / runs;
  const sent = last.frames.reduce((sum, { bytes }) => sum + bytes.length, 0);
  // each flight takes a virtual millisecond
  const cost = { wall, cpu: times.median(), bytes: sent / last.outcomes.size, flights: last.duration };
  return { cost, last };
}

const row = (name: string, cells: readonly string[]): string =>
  name.padEnd(40) + cells.map(cell => cell.padStart(11)).join('');

export const ECDSA_HEADER = row('secp256k1', ['wall ms', 'CPU ms', 'bytes each', 'flights', 'model ms', 'ratio']);

/** Formats one line of a table. A ratio of 1 means: nothing but what the figures cannot do without. */
export const formatEcdsa = ({ name, wall, cpu, bytes, flights, model }: EcdsaMeasurement): string =>
  row(name, [
    ...[wall, cpu, bytes, flights].map(value => value.toFixed(0)),
    ...(model === undefined ? [] : [model.toFixed(0), (cpu / model).toFixed(2)]),
  ]);

if (import.meta.main) {
  console.log(ECDSA_HEADER);
  for await (const measurement of measureEcdsa()) console.log(formatEcdsa(measurement));
}
