/** Which file imports which, over all workspaces, types included; and the circles among files and folders. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';

export const ROOT = resolve(import.meta.dirname, '../..');

/** An import of a file of this repository (a path from its root) or of a package (a name). */
export interface Import {
  readonly from: string;
  readonly to: string;
}

/** Files of this repository that git tracks or would track: paths from its root. */
export function trackedFiles(...patterns: readonly string[]): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '-z', '--', ...patterns];
  const deleted = new Set(gitList('ls-files', '--deleted', '-z'));
  return gitList(...args).filter(file => !deleted.has(file));
}

const gitList = (...args: readonly string[]): string[] =>
  execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);

/** Tests, and what only they use, may look into any folder: they are no part of the structure. */
export const isTest = (file: string): boolean => /\.test\.ts$|\/testing\//.test(file);

/** Every import of the files, resolved. */
export const importsOf = (files: readonly string[]): Import[] =>
  files.flatMap(from => specifiersIn(from).map(specifier => ({ from, to: resolved(specifier, from) })));

function specifiersIn(file: string): string[] {
  const source = readFileSync(resolve(ROOT, file), 'utf8');
  const { staticImports, staticExports, dynamicImports } = parseSync(file, source).module;
  return [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? [])),
    ...dynamicImports.map(({ moduleRequest: { start, end } }) => source.slice(start + 1, end - 1)),
  ];
}

const OWN_PACKAGE = /^@mpc-operator\//;

function resolved(specifier: string, from: string): string {
  if (specifier.startsWith('.')) return relative(ROOT, resolve(ROOT, dirname(from), specifier));
  if (!OWN_PACKAGE.test(specifier)) return specifier;
  return relative(ROOT, createRequire(resolve(ROOT, from)).resolve(specifier));
}

/**
 * A circle for each folder whose parts (its files, and its subfolders taken whole) import each other in one. So a circle of files shows in
 * the folder that holds them all, and a circle of folders although no two of their files import each other.
 * @returns the imports that make up each circle
 */
export function circles(imports: readonly Import[]): Import[][] {
  const byFolder = new Map<string, Map<string, Map<string, Import>>>();
  for (const edge of imports) {
    const { folder, parts } = parting(edge);
    const [from = '', to = ''] = parts;
    const edges = byFolder.get(folder) ?? new Map<string, Map<string, Import>>();
    byFolder.set(folder, edges.set(from, new Map([[to, edge], ...(edges.get(from) ?? [])])));
  }
  return [...byFolder.values()].map(circleIn).filter(circle => circle.length > 0);
}

/** The innermost folder that holds both files, and which part of that folder each is in. */
function parting({ from, to }: Import): { readonly folder: string; readonly parts: readonly [string, string] } {
  const [a, b] = [from.split('/'), to.split('/')];
  const common = a.findIndex((name, i) => name !== b[i]);
  return { folder: a.slice(0, common).join('/'), parts: [a[common] ?? '', b[common] ?? ''] };
}

/** Depth first: a part that is met again while it is still being looked at closes a circle. */
function circleIn(edges: ReadonlyMap<string, ReadonlyMap<string, Import>>): Import[] {
  const done = new Set<string>();
  const look = (part: string, path: readonly { readonly part: string; readonly via: Import }[]): Import[] => {
    const start = path.findIndex(step => step.part === part);
    if (start >= 0) return path.slice(start).map(({ via }) => via);
    if (done.has(part)) return [];
    for (const [next, via] of edges.get(part) ?? []) {
      const circle = look(next, [...path, { part, via }]);
      if (circle.length > 0) return circle;
    }
    done.add(part);
    return [];
  };
  return [...edges.keys()].map(part => look(part, [])).find(circle => circle.length > 0) ?? [];
}
