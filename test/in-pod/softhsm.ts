import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { HsmConfig } from '@mpc-operator/party/hsm/hsm';

export const SOFTHSM_MODULE = '/usr/lib/softhsm/libsofthsm2.so';

export const PIN = '3mJ8-pin-canary';
const SO_PIN = '9xQ2-so-pin-canary';

export interface Token extends HsmConfig {
  /** A folder for the test's own files, removed with the token. */
  readonly folder: string;
}

/**
 * Makes a fresh SoftHSM token. SoftHSM's configuration is set for this process and its children: one token at a time.
 */
export function makeToken(t: Pick<TestContext, 'after'>): Token {
  const folder = mkdtempSync(join(tmpdir(), 'softhsm-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'tokens'));
  const conf = join(folder, 'softhsm2.conf');
  writeFileSync(
    conf,
    `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  process.env.SOFTHSM2_CONF = conf;
  const token = 'party-1';
  execFileSync('softhsm2-util', ['--init-token', '--free', '--label', token, '--so-pin', SO_PIN, '--pin', PIN]);
  const pinFile = join(folder, 'pin');
  writeFileSync(pinFile, `${PIN}\n`, { mode: 0o400 });
  return { module: SOFTHSM_MODULE, token, pinFile, keyPrefix: 'mpc/ns/cluster/1/kek', folder };
}

/**
 * Returns the HSM that HSM_MODULE, HSM_TOKEN and HSM_PIN_FILE name, which is already there and for which the same must
 * hold.
 */
export function configuredHsm(): HsmConfig | undefined {
  const { HSM_MODULE: module, HSM_TOKEN: token, HSM_PIN_FILE: pinFile } = process.env;
  if (module === undefined || token === undefined || pinFile === undefined) return undefined;
  return { module: SOFTHSM_MODULE, token, pinFile, keyPrefix: `mpc/test/${process.pid}/1/kek` };
}
