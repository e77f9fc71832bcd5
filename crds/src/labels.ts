/**
 * What a label looks like, for the API server and for the operator: regular expressions in the syntax that RE2 and
 * JavaScript share. A selector with a label that no object can have selects nothing, or everything, for ever.
 */

const DNS_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

/** The key of a label: a name, perhaps with a DNS subdomain and a slash before it. */
export const LABEL_KEY = `^(${DNS_LABEL}([.]${DNS_LABEL})*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`;
/** The most characters of the subdomain. */
export const LABEL_PREFIX_LENGTH = 253;

export const LABEL_VALUE = '^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$';
export const LABEL_VALUE_LENGTH = 63;

export const LABEL_KEY_REMEDY =
  'give a name of at most 63 letters, digits, dashes, underscores and dots that begins and ends with a letter or ' +
  'digit, perhaps after a DNS subdomain and a slash';
export const LABEL_VALUE_REMEDY =
  'give at most 63 letters, digits, dashes, underscores and dots that begin and end with a letter or digit';

const keyForm = new RegExp(LABEL_KEY);
const valueForm = new RegExp(LABEL_VALUE);

/** Whether an object can have a label with this key. */
export function isLabelKey(key: string): boolean {
  return keyForm.test(key) && key.indexOf('/') <= LABEL_PREFIX_LENGTH;
}

/** Whether a label can have this value. */
export function isLabelValue(value: string): boolean {
  return value.length <= LABEL_VALUE_LENGTH && valueForm.test(value);
}
