/** Formats a time as `metav1.Time` does: RFC 3339 in UTC, without fractions of a second. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Formats a time as `metav1.MicroTime` does. The API server refuses any other number of digits than six. */
export function microTimestamp(date: Date): string {
  return date.toISOString().replace(/Z$/, '000Z');
}
