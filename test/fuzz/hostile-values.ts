import fc from 'fast-check';

/** Stands in everything that no error and no log may repeat: SQL, values of parameters, secrets. */
export const SECRET = 'TOPSECRET7f3a';

/** Texts that have broken something somewhere: quoting, keys, encodings, lengths, terminals. */
const HOSTILE_TEXTS = [
  '',
  ' ',
  "'",
  '"',
  "';drop table x;--",
  '$$',
  '$1',
  ':name',
  '{{x}}',
  '\\',
  "\\'",
  '%',
  '%zz',
  '*',
  '**/**',
  '[a-',
  '\0',
  'a\0b',
  '\n',
  '\r\n\r\n',
  '\t',
  '\u001b[31m',
  '\u202e\u2066abc',
  '\u200b\u200d\ufeff',
  '\ud800',
  'a\udc00b',
  '\u{1f469}\u200d\u{1f4bb}',
  `${'ä'.repeat(31)}x`,
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '#',
  'TARGET#x',
  '../../etc/passwd',
  '-1',
  '1e999',
  'NaN',
  '9007199254740993',
  'x'.repeat(5000),
];

export const hostileText = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE_TEXTS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
);

/** Names of members that plain objects already have, or that code is tempted to trust. */
const hostileKey = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'toJSON', 'then', 'length', ''),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

const hostileScalar = fc.oneof(
  hostileText,
  // What converts them to a text or a number fails.
  fc.constantFrom<unknown>({ length: { toString: '' } }, [{ toString: '' }], { toString: 1, valueOf: 1 }),
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, -(2 ** 63)),
);

/** Any JSON value, made so that members of prototypes are own members, as JSON.parse makes them. */
export const hostileJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    hostileScalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(hostileKey, tie('value')), { maxLength: 4 }).map(ownMembers),
  ),
})).value;

/** Lists or objects within each other, deeper than any stack of calls. */
export const deepJsonText = fc
  .tuple(fc.constantFrom(200, 5_000, 60_000), fc.constantFrom<readonly [string, string]>(['[', ']'], ['{"a":', '}']))
  .map(([depth, [open, close]]) => `${open.repeat(depth)}${open === '[' ? '' : '1'}${close.repeat(depth)}`);

/** An object with these members as its own, `__proto__` included. */
export function ownMembers(entries: readonly (readonly [string, unknown])[]): object {
  return Object.fromEntries(entries);
}

/** JSON as it should not be: cut, doubled, in another encoding, or none. */
export const brokenBody: fc.Arbitrary<Buffer> = fc.oneof(
  fc
    .constantFrom(
      '',
      '{',
      'null',
      '[]',
      '"x"',
      '1',
      '{}{}',
      `{"Sql":"select '${SECRET}'`,
      `{'Sql':'${SECRET}'}`,
      '\ufeff{}',
      '{"a":1e400}',
    )
    .map((text) => Buffer.from(text)),
  fc
    .constantFrom('utf16le' as const, 'latin1' as const)
    .map((code) => Buffer.from(`{"Sql":"sélect '${SECRET}'"}`, code)),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  deepJsonText.map((text) => Buffer.from(text)),
);

/** Puts hostile values in the place of some members of a well-formed request, or beside them. */
export function mutated(request: Readonly<Record<string, unknown>>): fc.Arbitrary<object> {
  const members = Object.entries(request);
  return fc
    .tuple(
      fc.array(fc.option(hostileJson, { freq: 2 }), { minLength: members.length, maxLength: members.length }),
      fc.array(fc.tuple(hostileKey, hostileJson), { maxLength: 2 }),
    )
    .map(([values, more]) =>
      ownMembers([...members.map(([key, kept], at) => [key, values[at] ?? kept] as const), ...more]),
    );
}
