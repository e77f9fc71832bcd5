/** Which file imports which, over all workspaces, types included; and the circles among files and folders. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';
import { ROOT } from './source-files.ts';

/** An import. `to` is a path from the root for a file of this repository, otherwise the name of a package. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

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

function resolved(specifier: string, from: string): string {
  if (specifier.startsWith('.')) return relative(ROOT, resolve(ROOT, dirname(from), specifier));
  if (!specifier.startsWith('@mpc-operator/')) return specifier;
  return relative(ROOT, createRequire(resolve(ROOT, from)).resolve(specifier));
}

/**
 * The circles in which the parts of a folder import each other: its files, and its subfolders taken whole. A circle of
 * files shows in the folder that holds them all; a circle of folders shows although no two of their files import each
 * other. At most one circle for each folder.
 * @returns the imports that make up each circle
 */
export function circles(imports: readonly Import[]): Import[][] {
  const byFolder = new Map<string, Map<string, Map<string, Import>>>();
  for (const edge of imports) {
    const { folder, from, to } = partsOf(edge);
    const edges = byFolder.get(folder) ?? new Map<string, Map<string, Import>>();
    byFolder.set(folder, edges.set(from, (edges.get(from) ?? new Map()).set(to, edge)));
  }
  return [...byFolder.values()].map(circleAmong).filter(circle => circle.length > 0);
}

/** The innermost folder that holds both files of an import, and the part of that folder in which each of them is. */
function partsOf(edge: Import): Import & { readonly folder: string } {
  const [a, b] = [edge.from.split('/'), edge.to.split('/')];
  const depth = a.findIndex((name, i) => name !== b[i]);
  return { folder: a.slice(0, depth).join('/'), from: a[depth] ?? '', to: b[depth] ?? '' };
}

/** Searches depth first: a part that is met again on the path that leads to it closes a circle. */
function circleAmong(edges: ReadonlyMap<string, ReadonlyMap<string, Import>>): Import[] {
  const searched = new Set<string>();
  const search = (part: string, path: ReadonlyMap<string, Import>): Import[] => {
    if (path.has(part)) return [...path].slice([...path.keys()].indexOf(part)).map(([, via]) => via);
    if (searched.has(part)) return [];
    for (const [next, via] of edges.get(part) ?? []) {
      const circle = search(next, new Map([...path, [part, via]]));
      if (circle.length > 0) return circle;
    }
    searched.add(part);
    return [];
  };
  return [...edges.keys()].map(part => search(part, new Map())).find(circle => circle.length > 0) ?? [];
}
