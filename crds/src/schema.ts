/**
 * The part of OpenAPI v3 that a structural CRD schema may use, as a type: a schema that the API server would refuse at
 * install time does not compile here. Source:
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
 */

/**
 * A `maxLength` that never refuses anything, for strings whose limit is not counted in characters and stands in a rule:
 * the API server takes no larger request. Without any `maxLength` it would not take the rule either, for fear of what
 * that might cost.
 */
export const UNLIMITED = 3 * 1024 * 1024;

/** One CEL rule of `x-kubernetes-validations`. `message` says what is wrong and what to do. */
export interface Rule {
  readonly rule: string;
  readonly message: string;
  readonly messageExpression?: string;
  readonly reason?: 'FieldValueForbidden' | 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueDuplicate';
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

interface Common {
  readonly description: string;
  readonly nullable?: boolean;
  readonly 'x-kubernetes-validations'?: readonly Rule[];
}

export interface StringSchema extends Common {
  readonly type: 'string';
  readonly enum?: readonly string[];
  readonly default?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: 'date-time';
}

export interface NumberSchema extends Common {
  readonly type: 'integer';
  readonly enum?: readonly number[];
  readonly format?: 'int32' | 'int64';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: number;
}

/** A whole number or a string. The bounds of one say nothing of the other: `minimum` is for numbers only. */
export interface IntOrStringSchema extends Common {
  /** There is none: the extension stands in for the type. */
  readonly type?: never;
  readonly 'x-kubernetes-int-or-string': true;
  readonly default?: string | number;
  readonly minimum?: number;
  readonly maxLength: number;
  readonly pattern?: string;
}

export interface BooleanSchema extends Common {
  readonly type: 'boolean';
  readonly default?: boolean;
}

export interface ArraySchema extends Common {
  readonly type: 'array';
  readonly items: Schema;
  readonly minItems?: number;
  /** This field is required: an unbounded list has an unbounded CEL cost. */
  readonly maxItems: number;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

export interface ObjectSchema extends Common {
  readonly type: 'object';
  readonly properties: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly default?: object;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
}

export interface MapSchema extends Common {
  readonly type: 'object';
  readonly additionalProperties: Schema;
  readonly maxProperties: number;
}

export type Schema =
  | StringSchema
  | NumberSchema
  | IntOrStringSchema
  | BooleanSchema
  | ArraySchema
  | ObjectSchema
  | MapSchema;

export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  readonly jsonPath: string;
  readonly description: string;
  /** The priority of the column. 1: only `kubectl get -o wide` shows it. */
  readonly priority?: 0 | 1;
}

/** One custom resource: everything `make generate` needs for its CRD, its TypeScript type and its reference page. */
export interface Kind {
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly description: string;
  readonly spec: ObjectSchema;
  readonly status: ObjectSchema;
  readonly columns: readonly PrinterColumn[];
  readonly selectableFields?: readonly string[];
  /** Rules over the whole object: they see `metadata.name`, `spec` and `status` together. */
  readonly rules?: readonly Rule[];
}
