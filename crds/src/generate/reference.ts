import { API_VERSION, CATEGORY } from '../group.ts';
import { type Kind, type Rule, type Schema, UNLIMITED } from '../schema.ts';

/** The reference page of all kinds, in Markdown. */
export function reference(kinds: readonly Kind[]): string {
  return [
    '# API reference',
    '',
    '<!-- Generated from crds/src/kinds by `make generate`. Do not edit. -->',
    '',
    `All kinds are in \`${API_VERSION}\`, namespaced, and listed by \`kubectl get ${CATEGORY}\`. ` +
      '`kubectl explain <kind>.spec` shows the same text.',
    '',
    ...kinds.map(kind => `- [${kind.kind}](#${kind.kind.toLowerCase()}) (${kind.shortNames.join(', ')})`),
    '',
    ...kinds.flatMap(page),
  ].join('\n');
}

function page(kind: Kind): string[] {
  return [
    `## ${kind.kind}`,
    '',
    kind.description,
    '',
    `Short name: \`${kind.shortNames.join('`, `')}\`.`,
    '',
    ...rules(kind.rules ?? []),
    `### ${kind.kind} spec`,
    '',
    ...table(kind.spec),
    ...rules(collectRules(kind.spec)),
    `### ${kind.kind} status`,
    '',
    ...table(kind.status),
  ];
}

function table(schema: Schema): string[] {
  const rows = fields(schema, '').map(f => `| \`${f.path}\` | ${f.type} | ${f.limits} | ${f.description} |`);
  return ['| Field | Type | Limits | Meaning |', '|---|---|---|---|', ...rows, ''];
}

interface Field {
  readonly path: string;
  readonly type: string;
  readonly limits: string;
  readonly description: string;
}

function fields(schema: Schema, path: string): Field[] {
  if (schema.type === 'array') return fields(schema.items, `${path}[]`);
  if (schema.type !== 'object' || !('properties' in schema)) return [];
  return Object.entries(schema.properties).flatMap(([name, property]) => {
    const own = path ? `${path}.${name}` : name;
    const required = schema.required?.includes(name) ?? false;
    const field = {
      path: own,
      type: typeName(property),
      limits: limits(property, required),
      description: cell(property.description),
    };
    return [field, ...fields(property, own)];
  });
}

function typeName(schema: Schema): string {
  if (schema.type === 'array') return `list of ${typeName(schema.items)}`;
  if (schema.type === 'object' && 'additionalProperties' in schema)
    return `map of ${typeName(schema.additionalProperties)}`;
  if (schema.type === undefined) return 'integer or string';
  if (schema.type === 'string' && schema.format) return schema.format;
  return schema.type;
}

function limits(schema: Schema, required: boolean): string {
  const parts = [required ? 'required' : ''];
  if ((schema.type === 'string' || schema.type === 'integer') && schema.enum)
    parts.push(schema.enum.map(v => `\`${v}\``).join(', '));
  if (schema.type === 'string' && (schema.maxLength ?? UNLIMITED) < UNLIMITED && !schema.enum)
    parts.push(`at most ${schema.maxLength} characters`);
  if (schema.type === 'integer' && !schema.enum) parts.push(range(schema.minimum, schema.maximum, ''));
  if (schema.type === 'array') parts.push(range(schema.minItems, schema.maxItems, ' items'));
  if ('default' in schema && typeof schema.default !== 'object') parts.push(`default \`${schema.default}\``);
  return cell(parts.filter(Boolean).join('; '));
}

function range(min: number | undefined, max: number | undefined, unit: string): string {
  if (min === undefined && max === undefined) return '';
  if (max === undefined) return `at least ${min}${unit}`;
  return min === undefined ? `at most ${max}${unit}` : `${min} to ${max}${unit}`;
}

function collectRules(schema: Schema): Rule[] {
  const own = schema['x-kubernetes-validations'] ?? [];
  if (schema.type === 'array') return [...own, ...collectRules(schema.items)];
  if (schema.type === 'object' && 'properties' in schema)
    return [...own, ...Object.values(schema.properties).flatMap(collectRules)];
  return [...own];
}

function rules(list: readonly Rule[]): string[] {
  return list.length === 0 ? [] : ['Rules:', '', ...list.map(r => `- ${r.message}`), ''];
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
