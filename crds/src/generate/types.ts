import type { Kind, ObjectSchema, Schema } from '../schema.ts';

const HEADER = `// Generated from crds/src/kinds by \`make generate\`. Do not edit.
import type { API_VERSION } from '../group.ts';
import type { ObjectMeta } from '../object-meta.ts';
`;

/**
 * The TypeScript types of all kinds, for objects as the API server hands them out: fields with a default are always
 * there.
 */
export function typeScript(kinds: readonly Kind[]): string {
  return [HEADER, ...kinds.map(interfaces)].join('\n');
}

function interfaces(kind: Kind): string {
  const { kind: name } = kind;
  return `${comment(kind.description, '')}export interface ${name} {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: '${name}';
  readonly metadata: ObjectMeta;
  readonly spec: ${name}Spec;
  readonly status?: ${name}Status;
}

${comment(kind.spec.description, '')}export interface ${name}Spec ${object(kind.spec, '')}

${comment(kind.status.description, '')}export interface ${name}Status ${object(kind.status, '')}
`;
}

function object(schema: ObjectSchema, indent: string): string {
  const inner = `${indent}  `;
  const lines = Object.entries(schema.properties).map(([name, property]) => {
    const present = schema.required?.includes(name) || 'default' in property;
    const field = `readonly ${name}${present ? '' : '?'}: ${type(property, inner)};`;
    return `${comment(property.description, inner)}${inner}${field}`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

function type(schema: Schema, indent: string): string {
  if (schema.type === undefined) return 'number | string';
  switch (schema.type) {
    case 'string':
      return schema.enum ? schema.enum.map(v => `'${v}'`).join(' | ') : 'string';
    case 'integer':
      return schema.enum ? schema.enum.join(' | ') : 'number';
    case 'boolean':
      return 'boolean';
    case 'array': {
      const item = type(schema.items, indent);
      return item.includes('|') ? `readonly (${item})[]` : `readonly ${item}[]`;
    }
    case 'object':
      return 'properties' in schema
        ? object(schema, indent)
        : `{ readonly [name: string]: ${type(schema.additionalProperties, indent)} }`;
  }
}

function comment(text: string, indent: string): string {
  return `${indent}/** ${text.replaceAll('*/', '*\\/')} */\n`;
}
