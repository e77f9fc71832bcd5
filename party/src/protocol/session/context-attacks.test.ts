import { test } from 'node:test';
import { makeSigner } from './simulator.ts';
import { assertBlamed, assertMismatch } from './testing/outcomes.ts';
import { cheating, simulateToy } from './testing/toy.ts';

test(
  'F4, R4: parties that do not mean the same session ' +
    'end with ContextMismatch, ' +
    'naming what differs and nobody',
  async () => {
    const differences = {
      protocol: 'other/v1',
      suite: 'other',
      key: 'another key',
      epoch: 4,
      threshold: 3,
      extras: { message: 'something else' },
    };
    for (const [name, value] of Object.entries(differences)) {
      const simulated = await simulateToy({
        options: (id, { parameters }) => (id === 2 ? { parameters: { ...parameters, [name]: value } } : {}),
      });
      assertMismatch(simulated, new RegExp(`do not agree on ${name === 'extras' ? 'message' : name}$`), [1, 2, 3]);
    }
  },
);

test('F3: an extra of the name of a field does not stand in for it', async () => {
  const extras = { key: 'the key that signs' };
  const simulated = await simulateToy({
    parameters: { extras },
    options: (id, { parameters }) => (id === 2 ? { parameters: { ...parameters, key: 'another id' } } : {}),
  });
  assertMismatch(simulated, /do not agree on key$/, [1, 2, 3]);
});

test('F4: a pinned identity that differs is a ContextMismatch too', async () => {
  const stranger = makeSigner();
  const simulated = await simulateToy({
    options: (id, { parameters }) =>
      id === 2
        ? {
            parameters: {
              ...parameters,
              members: parameters.members.map(member =>
                member.id === 3 ? { id: 3, identity: stranger.publicKey } : member,
              ),
            },
          }
        : {},
  });
  assertMismatch(simulated, /members/, [1, 3]);
});

test('F4: a party of another version of the software is a ContextMismatch', async () => {
  const simulated = await simulateToy(
    cheating(3, ({ type, payload }) => [type === 'hello' ? Uint8Array.of(99, 1, 2, 3) : payload]),
  );
  assertMismatch(simulated, /finish the upgrade/, [1, 2]);
});

test('I5: a party whose hello tells of no start, or of a head that is no hash, is named', async () => {
  // a hello ends with the count of starts, the length of the log and its head: 6, 6 and 32 bytes
  const notStarted = (hello: Uint8Array) => Uint8Array.from(hello).fill(0, hello.length - 44, hello.length - 38);
  const headless = (hello: Uint8Array) => hello.subarray(0, hello.length - 32);
  for (const change of [notStarted, headless]) {
    const simulated = await simulateToy(
      cheating(3, ({ type, payload }) => [type === 'hello' ? change(payload) : payload]),
    );
    assertBlamed(simulated, 3, 'encoding', [1, 2]);
  }
});
