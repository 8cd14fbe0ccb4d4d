import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { aliveOf, pidsIn, recordOf, summaryOf } from '../look.ts';
import { expectSucceeded, MINUTE, type Pipeline, type Session } from '../pipeline.ts';
import { until } from '../until.ts';

/** Users whose names mean something to SQL, a shell, a pattern, a mail, a page or a terminal. */
const USERS: Readonly<Record<string, string>> = {
  quotes: `o'hara"; drop role "ana`,
  comment: "x';--/*",
  dollar: '$$ $1 $tag$ :name {tenantId}',
  lines: '1234 forged line\n5678 another\r\n9 third',
  globs: '*?[a-z]{b,c}!(d)',
  slashes: '\\\\server\\share\\n\\',
  markup: '<script>alert("&amp;")</script>',
  link: 'http://evil.example/?a=b#c www.evil.example',
  right: 'abc\u202etxt.exe\u2066',
  hidden: 'zero\u200bwidth\u200djoin\ufeff',
  control: 'bell\u0007escape\u001b[31mred',
  blanks: '  leading and trailing  ',
  number: '-1',
  keep: 'etl keep=4h',
  keys: 'TARGET#local|BACKEND#1',
  magic: '__proto__',
  // 63 bytes, the most that PostgreSQL keeps, of characters of two bytes and of four.
  long: `${'ä'.repeat(31)}x`,
  longer: `b${'\u{1f469}'.repeat(15)}cd`,
};

/** What applications call themselves; PostgreSQL itself lets printable ASCII through only, and 63 bytes of it. */
const APPLICATIONS = [
  `app'"; select 1;--`,
  '<b>$$\\',
  'x'.repeat(63),
  'y'.repeat(100),
  'ö'.repeat(40),
  'a\nb\u202ec',
  '*[',
  'http://evil.example/',
  '%s%n',
];

/** Databases by other names than any configuration would have: what means something, 63 bytes, and more than are kept. */
const DATABASES = [`d'b"; $$ \\ *\n\u202eö`, `${'ä'.repeat(31)}y`, `${'z'.repeat(70)}`];

/** The bytes of a name that PostgreSQL keeps; Redshift itself keeps 127, which the embedded one cannot show. */
const KEPT_BYTES = 63;

/** Names are chosen by clients: none may do anything but stand where names stand. */
export function describeHostileNames(pipelineOf: () => Pipeline): void {
  describe('a run among sessions with names of any kind', () => {
    it('tells of each once, takes its links, ends exactly those, and records their names as they are', async () => {
      const pipeline = pipelineOf();
      const { clock, cloud, admin } = pipeline;
      const mailsBefore = (await cloud.inbox('owners')).length;
      const sessions: Record<string, Session> = {};
      for (const [index, [key, user]] of Object.entries(USERS).entries()) {
        sessions[key] = await pipeline.open(user, APPLICATIONS[index % APPLICATIONS.length]);
      }
      const elsewhere: Awaited<ReturnType<typeof openInDatabase>>[] = [];
      for (const name of DATABASES) {
        elsewhere.push(await openInDatabase(pipeline, name));
      }
      const told = [...Object.values(sessions), ...elsewhere].map(({ pid }) => pid).sort();

      await clock.advance(31 * MINUTE);
      const first = await pipeline.run();
      expectSucceeded(first);
      expect(summaryOf(first)).toMatchObject({ counts: { warn: told.length, terminate: 0 }, notices: { failed: 0 } });
      const mails = (await cloud.inbox('owners')).slice(mailsBefore);
      expect(mails.flatMap(pidsIn).sort()).toEqual(told);
      for (const { subject, body } of mails) {
        expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
        expect(body).not.toMatch(/^5678|^9 third/m);
        expect(body).not.toMatch(/[^\P{C}\n]/u);
        const addresses = body.match(/https?:\/\/[^/\s]+/g) ?? [];
        expect(new Set(addresses)).toEqual(new Set([cloud.endpoint]));
      }
      const links = mails.flatMap(({ body }) => body.match(/http\S+link=\S+/g) ?? []);
      expect(links).toHaveLength(told.length);
      for (const link of links) {
        const page = await fetch(link);
        expect(page.status).toBe(200);
        expect(await page.text()).not.toMatch(/<script>|\u202e|\u200b/);
      }
      for (const [key, session] of Object.entries(sessions)) {
        const record = await recordOf(pipeline, session);
        expect([key, record?.identity.user]).toEqual([key, expect.stringMatching(/./)]);
        // Redshift's views cut names at 50 bytes; which user that is, a run finds out by the catalog.
        expect([key, USERS[key]?.startsWith(record?.identity.user ?? '?')]).toEqual([key, true]);
      }

      await clock.advance(46 * MINUTE);
      const second = await pipeline.run();
      expectSucceeded(second);
      expect(await aliveOf(pipeline, { ...sessions, ...Object.fromEntries(elsewhere.entries()), admin })).toEqual([
        'admin',
      ]);
      expect(summaryOf(second)).toMatchObject({
        counts: { terminate: told.length },
        outcomes: { gone: told.length, denied: 0, 'busy-again': 0, 'still-there': 0 },
      });
      for (const session of Object.values(sessions)) {
        expect(await recordOf(pipeline, session)).toMatchObject({ state: 'terminated', outcome: 'gone' });
      }
      for (const { drop } of elsewhere) {
        await drop();
      }
    });
  });
}

/** A session of an ordinary user in a database that is created by this name. */
async function openInDatabase({ admin, addUser }: Pipeline, wanted: string) {
  const name = admin.client.escapeIdentifier(wanted);
  const database = Buffer.from(wanted).subarray(0, KEPT_BYTES).toString('utf8');
  await addUser('ana');
  await admin.client.query(`create database ${name}`);
  const { host, port } = admin.client;
  const client = new pg.Client({ host, port, user: 'ana', database, password: '', ssl: false });
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return {
    pid: rows[0]?.pid ?? 0,
    async drop() {
      await until('the database can be dropped', async () => {
        const { rows: left } = await admin.client.query('select from pg_stat_activity where datname = $1', [database]);
        return left.length === 0 ? true : null;
      });
      await admin.client.query(`drop database ${name}`);
    },
  };
}
