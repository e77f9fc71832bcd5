import type { IntOrStringSchema } from '../schema.ts';

/**
 * A quantity, as Kubernetes takes it in the spec of a pod: a whole number, or a string with a suffix or a fraction. A
 * fraction without quotes is neither for a CustomResourceDefinition, so the descriptions say that it takes quotes.
 */
export const quantity = {
  'x-kubernetes-int-or-string': true,
  minimum: 0,
  maxLength: 32,
  pattern: '^[+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$',
} as const satisfies Omit<IntOrStringSchema, 'description'>;
