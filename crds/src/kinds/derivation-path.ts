/** A path from a key to one of its children, where nothing is hardened: that would take the whole private key. */
export const derivationPath = {
  description:
    'A path such as m/44/60/0/0/7. Children of keys on secp256k1 are those of BIP-32 without hardening; those of keys on ed25519 follow a convention of their own, which wallets do not know.',
  type: 'string',
  minLength: 1,
  maxLength: 256,
  'x-kubernetes-validations': [
    {
      rule: '!self.matches("[0-9][\'hH](/|$)")',
      message: 'a hardened derivation takes the whole private key, and nobody has it',
      messageExpression:
        "'path ' + self + ' is hardened, which takes the whole private key, and nobody has it: leave out the marks of hardening'",
    },
    {
      rule: "self.matches('^m(/(0|[1-9][0-9]{0,9}))*$') || self.matches(\"[0-9]['hH](/|$)\")",
      message: 'a path begins with m and goes on with indices, such as m/0/7',
      messageExpression: "'path ' + self + ' is none: it begins with m and goes on with indices, such as m/0/7'",
    },
  ],
} as const;
