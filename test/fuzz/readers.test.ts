import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFaultFile } from '../../local/faults/fault-file.ts';
import { RecordingUnreadable, readRecording } from '../../src/cli/recordings/read-recording.ts';
import { parseDatabaseUrl } from '../../src/cli/url/parse-database-url.ts';
import { InvalidConfig } from '../../src/config/invalid-config.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { validateConfig } from '../../src/config/review/validate-config.ts';
import { SlotkeeperError } from '../../src/errors/slotkeeper-error.ts';
import { requireTenantId } from '../../src/pool/require-tenant-id.ts';
import { decodeResultToken } from '../../src/pool/result-token.ts';
import { readQueryInput } from '../../src/queries/query-input.ts';
import { decodePageToken } from '../../src/session-table/page-token.ts';
import { signClaim, verifyToken } from '../../src/snooze-link/sign-link.ts';
import { confirmationPage, refusalPage } from '../../src/snooze-link/snooze-page.ts';
import { FUZZ_TIMEOUT_MS, fuzzParameters } from './fuzz-parameters.ts';
import { deepJsonText, hostileJson, hostileText, mutated, SECRET } from './hostile-values.ts';

const SQL = `select '${SECRET}'`;

/** Runs a reader; whatever it throws must be of our classes, say something, and keep to a length that can be shown. */
function expectOwnError(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof SlotkeeperError)) {
      throw error;
    }
    expect(error.message.length).toBeGreaterThan(20);
    expect(error.message.length).toBeLessThan(20_000);
  }
}

const SMALL = `targets:
  prod:
    engine: redshift
    cluster: prod
    database: dev
    dbUser: reaper
    slots: { limit: 500, keepFree: 50 }
    policy: default
policies:
  default:
    - name: everyone
      warnAfter: 30m
      terminateAfter: 1h
notices:
  defaultOwner: owners@example.com
`;

/** Ten of ten of ten: a text of a kilobyte that stands for a billion values. */
const BOMB = [
  'a: &a [x,x,x,x,x,x,x,x,x,x]',
  ...'bcdefghij'.split('').map((name, at) => `${name}: &${name} [${Array(10).fill(`*${'abcdefghi'[at]}`)}]`),
].join('\n');

const HOSTILE_YAML: Readonly<Record<string, string>> = {
  'a bomb of aliases': BOMB,
  'an alias of itself': 'a: &a [*a]',
  'an alias without anchor': 'a: *nowhere',
  'flow lists without end': '['.repeat(50_000),
  'closed flow lists': `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  'flow mappings without end': '{a: '.repeat(20_000),
  'lists within lists by dashes': '- '.repeat(20_000),
  'blocks within blocks': Array.from({ length: 3_000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'),
  'twenty thousand keys': Array.from({ length: 20_000 }, (_, at) => `k${at}: 1`).join('\n'),
  'as many targets that are none': `targets:\n${Array.from({ length: 20_000 }, (_, at) => `  t${at}: 1`).join('\n')}`,
  'a huge scalar': `${SMALL}more: ${'x'.repeat(5_000_000)}`,
  'a huge block of text': SMALL.replace('owners@example.com', `|\n${'    line\n'.repeat(300_000)}`),
  'a long key': `? ${'x'.repeat(200_000)}\n: 1`,
  'a key that is a list': '? [a, b]\n: 1',
  'merge keys': `base: &b { a: 1 }\n${SMALL}extra:\n  <<: *b\n`,
  'doubled keys': `${SMALL}targets: {}\n`,
  'tabs for indentation': SMALL.replaceAll('  ', '\t'),
  'two documents': `${SMALL}---\n${SMALL}`,
  'a text for a root': 'just words',
  'a list for a root': '- 1\n- 2',
  nothing: '',
  'a comment only': '# nothing',
  'a null byte': SMALL.replace('prod', 'pr\0od'),
  'tags of code': 'a: !!js/function "function () { return 1 }"',
  'numbers without end': SMALL.replace('500', '9'.repeat(400)),
  'a number that is none': SMALL.replace('500', '.nan'),
  'magic keys': `__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }\n${SMALL}`,
  'a magic target': SMALL.replace('prod:', 'constructor:'),
  'a magic policy': SMALL.replace('policy: default', 'policy: toString'),
};

describe('slotkeeper.yml', { timeout: FUZZ_TIMEOUT_MS }, () => {
  it.each(Object.keys(HOSTILE_YAML))('with %s is refused or read in time, and says why', (name) => {
    // Of this process, so that a busy machine does not count.
    const before = process.cpuUsage();
    expectOwnError(() => parseConfig(HOSTILE_YAML[name] ?? '', 'slotkeeper.yml'));
    expectOwnError(() => validateConfig(HOSTILE_YAML[name] ?? '', 'slotkeeper.yml'));
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(10_000);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  it('begins with a byte order mark, or not', () => {
    expect(parseConfig(`\ufeff${SMALL}`, 'slotkeeper.yml')).toEqual(parseConfig(SMALL, 'slotkeeper.yml'));
  });

  it('is refused by InvalidConfig or read, whatever is put in the place of a value', () => {
    const lines = SMALL.split('\n');
    const value = fc.oneof(
      hostileText,
      hostileJson.map((json) => JSON.stringify(json)),
      hostileText.map((text) => JSON.stringify(text)),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: lines.length - 1 }), value, (at, put) => {
        const text = lines.map((line, index) => (index === at ? line.replace(/:.*|$/, `: ${put}`) : line)).join('\n');
        expectOwnError(() => parseConfig(text, 'slotkeeper.yml'));
      }),
      fuzzParameters(200),
    );
  });

  it('is refused by InvalidConfig when it is any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(() => parseConfig(text, 'slotkeeper.yml')).toThrow(InvalidConfig);
      }),
      fuzzParameters(200),
    );
  });
});

describe('a file of faults', { timeout: FUZZ_TIMEOUT_MS }, () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'slotkeeper-fuzz-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const read = (text: string) => {
    const file = join(directory, 'faults.yml');
    writeFileSync(file, text);
    expectOwnError(() => readFaultFile(file));
  };

  it.each(Object.keys(HOSTILE_YAML))('with %s is refused or read in time, and says why', (name) => {
    read(HOSTILE_YAML[name] ?? '');
    read(`faults:\n  - on: sns.Publish\n    fail: ${HOSTILE_YAML[name]}`);
  });

  it('is refused by InvalidConfig or read, whatever is in a rule', () => {
    const rule = { on: 'dynamodb.Query', call: 1, times: 2, error: { type: 'X', status: 500 }, staleIndex: true };
    fc.assert(
      fc.property(fc.oneof(mutated(rule), hostileJson), (json) => {
        read(JSON.stringify({ clockSkew: '+5m', faults: [json] }));
        read(JSON.stringify({ clockSkew: json }));
      }),
      fuzzParameters(150),
    );
  });
});

describe('what tenants send', { timeout: FUZZ_TIMEOUT_MS }, () => {
  it('is read or refused by BadRequest, which repeats no value', () => {
    const request = {
      tenantId: 'acme',
      target: 'a',
      sql: SQL,
      parameters: { a: SQL },
      timeoutSeconds: 1,
      wait: true,
      maxRows: 2,
    };
    fc.assert(
      fc.property(fc.oneof(mutated(request), hostileJson), (payload) => {
        try {
          readQueryInput(payload);
        } catch (error) {
          expect(error).toMatchObject({ name: 'BadRequest' });
          expect((error as Error).message).not.toContain(SECRET);
          expect((error as Error).message.length).toBeLessThan(2_000);
        }
      }),
      fuzzParameters(500),
    );
  });

  it('has a tenant id that is safe in keys, names and users, or is refused', () => {
    fc.assert(
      fc.property(fc.oneof(hostileText, hostileJson, fc.stringMatching(/^[a-z0-9_-]{1,45}$/)), (id) => {
        try {
          expect(requireTenantId(id)).toMatch(/^[a-z0-9_-]{1,40}$/);
        } catch (error) {
          expect(error).toMatchObject({ name: 'BadRequest' });
        }
      }),
      fuzzParameters(500),
    );
  });
});

describe('tokens and links', { timeout: FUZZ_TIMEOUT_MS }, () => {
  const token = fc.oneof(
    hostileText,
    hostileJson.map((json) => Buffer.from(JSON.stringify(json)).toString('base64url')),
    mutated({ listing: 'l', after: { pk: 'a' } }).map((json) =>
      Buffer.from(JSON.stringify(json)).toString('base64url'),
    ),
    deepJsonText.map((text) => Buffer.from(text).toString('base64url')),
  );

  it('of pages are read or refused', () => {
    fc.assert(
      fc.property(token, (text) => {
        expectOwnError(() => decodePageToken('l', text));
        expectOwnError(() => decodeResultToken(text));
      }),
      fuzzParameters(500),
    );
  });

  const key = Buffer.alloc(32, 7);
  const keys = { signing: async () => key, accepted: async () => [key] };
  const now = new Date('2026-11-20T15:00:00Z');

  it('of notices are refused unless they were signed here', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          token,
          fc.tuple(token, token).map((parts) => parts.join('.')),
        ),
        async (text) => {
          await expect(verifyToken(text, keys, now)).rejects.toThrow(SlotkeeperError);
        },
      ),
      fuzzParameters(300),
    );
  });

  it('carry names of any kind unharmed, and the page shows them as text', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, hostileText, async (user, target) => {
        const claim = {
          identity: {
            target: `t${target}`.toWellFormed(),
            pid: 7,
            startedAt: '2026-11-20T14:00:00.000000Z',
            user: `u${user}`.toWellFormed(),
          },
          idleSince: '2026-11-20T14:10:00.000000Z',
          seconds: 60,
          expiresAt: now.getTime() / 1000 + 60,
        };
        const signed = signClaim(claim, key);
        if (signed.length <= 2_048) {
          expect(await verifyToken(signed, keys, now)).toEqual(claim);
        }
        for (const page of [confirmationPage(claim, 60), refusalPage(user)]) {
          const shown = /<body>(.*)<\/body>/s.exec(page)?.[1] ?? '';
          expect(
            shown.replaceAll(/<\/?(?:h1|p|strong|form method="post"|form|button type="submit"|button)>/g, ''),
          ).not.toMatch(/[<>"']/);
          expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
        }
      }),
      fuzzParameters(200),
    );
  });
});

describe('recordings', { timeout: FUZZ_TIMEOUT_MS }, () => {
  let directory = '';
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'slotkeeper-fuzz-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('are read or refused by RecordingUnreadable', () => {
    const recording = {
      schema: 'slotkeeper.snapshot/1',
      target: 'a',
      now: '2026-11-20T15:00:00Z',
      snapshot: {},
      records: [],
    };
    const file = join(directory, 'x.snapshot.json');
    fc.assert(
      fc.property(
        fc.oneof(
          mutated(recording).map((json) => JSON.stringify(json)),
          hostileText,
          deepJsonText,
        ),
        (text) => {
          writeFileSync(file, text);
          expect(() => readRecording(file)).toThrow(RecordingUnreadable);
        },
      ),
      fuzzParameters(150),
    );
  });
});

describe('--url', { timeout: FUZZ_TIMEOUT_MS }, () => {
  it.each(['12?PASSWORD@', '12/PASSWORD@', '12#PASSWORD@', '12/PASSWORD/x@', '12?PASSWORD=1@'])(
    'with the password %s, whose signs are not escaped, is refused without a word of it',
    (password) => {
      const text = `postgres://ops:${password.replace('PASSWORD', SECRET)}db.example.com/app`;
      expect(() => parseDatabaseUrl(text, { osUser: 'me', env: {} })).toThrow(
        expect.objectContaining({ name: 'UsageError', message: expect.not.stringContaining(SECRET) }),
      );
    },
  );

  it('is read, or refused without its password, whatever is in it', () => {
    const part = fc.oneof(
      hostileText,
      hostileText.map((text) => encodeURIComponent(text.toWellFormed())),
    );
    fc.assert(
      fc.property(fc.tuple(part, part, part, part, part), ([user, host, port, database, query]) => {
        const text = `postgres://${user}:${SECRET}@${host}:${port}/${database}?${query}`;
        try {
          const read = parseDatabaseUrl(text, { osUser: 'me', env: {} });
          expect([read.host, read.user, read.database].join('')).not.toContain('\0');
          expect(read.shown).not.toContain(SECRET);
        } catch (error) {
          expect(error).toMatchObject({ name: 'UsageError' });
          expect((error as Error).message).not.toContain(SECRET);
        }
      }),
      fuzzParameters(500),
    );
  });
});
