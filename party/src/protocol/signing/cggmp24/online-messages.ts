/** The messages of signing from a presignature: every signer reveals its seed, then sends its partial signature. */
import type { Curve } from '../../curve/curve.ts';
import { bytes, scalar } from '../../session/codec.ts';
import { echo, plain } from '../../session/messages.ts';
import { SEED_BYTES } from './offline.ts';

export type OnlineMessages = ReturnType<typeof onlineMessages>;

export const onlineMessages = (curve: Curve) => ({ seed: echo(bytes(SEED_BYTES)), partial: plain(scalar(curve)) });
