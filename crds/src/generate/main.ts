/**
 * `make generate`: writes all files that follow from the schemas. With --check it writes nothing, and fails with the
 * names of the files that do not follow from the schemas.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { GROUP } from '../group.ts';
import { kinds } from '../kinds.ts';
import { customResourceDefinition } from './crd.ts';
import { reference } from './reference.ts';
import { typeScript } from './types.ts';

const root = join(import.meta.dirname, '../../..');

/** All generated files: the content by the path from the root of the repository. */
export function generatedFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const kind of kinds) {
    const yaml = stringify(customResourceDefinition(kind), { lineWidth: 0, aliasDuplicateObjects: false });
    const text = `# Generated from crds/src/kinds by \`make generate\`. Do not edit.\n${yaml}`;
    files.set(`crds/${GROUP}_${kind.plural}.yaml`, text);
    files.set(`charts/mpc-operator/files/crds/${GROUP}_${kind.plural}.yaml`, text);
  }
  files.set('crds/src/generated/api.ts', typeScript(kinds));
  files.set('docs/reference/api.md', reference(kinds));
  return files;
}

function stale(): string[] {
  return [...generatedFiles()].filter(([path, text]) => read(join(root, path)) !== text).map(([path]) => path);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  const paths = stale();
  if (values.check && paths.length > 0) {
    process.stderr.write(
      `These files do not follow from crds/src/kinds; run \`make generate\`:\n  ${paths.join('\n  ')}\n`,
    );
    process.exit(1);
  }
  for (const path of values.check ? [] : paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), generatedFiles().get(path) ?? '');
    process.stdout.write(`wrote ${path}\n`);
  }
}
