/** A regular expression for 0 to 2^31 - 1: it costs the API server nothing, whereas taking the path apart would. */
const index = [
  '0',
  '[1-9][0-9]{0,8}',
  '1[0-9]{9}',
  '20[0-9]{8}',
  '21[0-3][0-9]{7}',
  '214[0-6][0-9]{6}',
  '2147[0-3][0-9]{5}',
  '21474[0-7][0-9]{4}',
  '214748[0-2][0-9]{3}',
  '2147483[0-5][0-9]{2}',
  '21474836[0-3][0-9]',
  '214748364[0-7]',
].join('|');

/** A path from a key to one of its children, without hardened steps: these would need the whole private key. */
export const derivationPath = {
  description:
    'A path such as m/44/60/0/0/7, of at most 10 levels. Keys on secp256k1 have the children of BIP-32 without ' +
    'hardening. Keys on ed25519 have children by a convention of their own, which wallets do not know.',
  type: 'string',
  minLength: 1,
  maxLength: 112,
  'x-kubernetes-validations': [
    {
      rule: '!self.matches("[0-9][\'hH](/|$)")',
      message: 'a hardened derivation takes the whole private key, and nobody has it',
      messageExpression:
        "'path ' + self + ' is hardened, which takes the whole private key, and nobody has it: leave out the marks " +
        "of hardening'",
    },
    {
      rule: "self.matches('^m(/(0|[1-9][0-9]*)){0,10}$') || self.matches(\"[0-9]['hH](/|$)\")",
      message: 'a path begins with m and goes on with at most 10 indices, such as m/0/7',
      messageExpression:
        "'path ' + self + ' is none: it begins with m and goes on with at most 10 indices, such as m/0/7'",
    },
    {
      rule: `self.matches('^m(/(${index}))*$') || !self.matches('^m(/[1-9][0-9]*|/0)*$')`,
      message: 'an index is below 2147483648',
      messageExpression:
        "'path ' + self + ' has an index that is too high: they go from 0 to 2147483647, the others are hardened'",
    },
  ],
} as const;
