import { describe, expect, it } from 'vitest';
import { createMemorySessionTable } from '../../src/session-table/memory-session-table.ts';
import { createAnswerLink } from '../../src/snooze-link/answer-link.ts';
import { readUrlEvent, toUrlResponse } from '../../src/snooze-link/function-url.ts';
import { createSnoozeLinks } from '../../src/snooze-link/snooze-links.ts';
import { warnedDashboard } from '../support/example-records.ts';

const NOW = '2026-11-20T15:10:00.000Z';
const KEY = Buffer.from('k'.repeat(64));
const keys = { signing: async () => KEY, accepted: async () => [KEY] };

async function world(
  options: {
    record?: ReturnType<typeof warnedDashboard>;
    snooze?: { max: number; perOwnerPerDay: number };
    at?: string;
  } = {},
) {
  const table = createMemorySessionTable();
  const record = options.record ?? warnedDashboard();
  await table.saveBackend({ ...record, version: 1 });
  const snooze = options.snooze ?? { max: 7200, perOwnerPerDay: 3 };
  const notices = {
    defaultOwner: 'ops@example.com',
    owners: [],
    snooze,
    requireConfirmed: true,
    rate: { messages: 10, per: 3600 },
  };
  const answer = createAnswerLink({
    config: { notices },
    table,
    events: null,
    keys,
    now: () => new Date(options.at ?? NOW),
  });
  const linkFor = await createSnoozeLinks({ keys, url: 'https://x.example/' }).ready();
  const warned = warnedDashboard({ identity: record.identity });
  const link = new URL(linkFor(warned, 28_800) ?? '');
  return {
    table,
    link,
    answer: (method: string, token = link.searchParams.get('link') ?? '') => answer({ method, token }),
    version: async () => (await table.readBackends([record.identity]))[0]?.version,
  };
}

describe('a link that is opened', () => {
  it('by GET asks back and changes nothing, however often mail programs open it', async () => {
    const { answer, version } = await world();
    for (let n = 0; n < 5; n += 1) {
      const { status, html } = await answer('GET');
      expect(status).toBe(200);
      expect(html).toContain('<form method="post"><button type="submit">Keep it for 2h</button></form>');
    }
    expect(await version()).toBe(1);
  });

  it('by POST keeps the session, by the name of its owner, no longer than the bound allows now', async () => {
    const { answer, table } = await world();
    const { status, html } = await answer('POST');
    expect(status).toBe(200);
    expect(html).toContain('It is kept until 2026-11-20 17:10:00 UTC.');
    expect(html).toContain('2 more snoozes of its owner today');
    const [record] = await table.readBackends([warnedDashboard().identity]);
    expect(record).toMatchObject({ state: 'snoozed', snooze: { by: 'link:bi-team@example.com', seconds: 7200 } });
  });

  it('by POST twice keeps it once', async () => {
    const { answer, version } = await world();
    await answer('POST');
    expect((await answer('POST')).html).toContain('That was so already');
    expect(await version()).toBe(2);
  });

  it.each([
    ['was cut', {}, 'abc', 400, 'not a whole link'],
    ['was changed', {}, `${'A'.repeat(40)}.${'B'.repeat(43)}`, 403, 'was not made by this Slotkeeper'],
    ['has expired', { at: '2026-11-20T16:30:05.000Z' }, undefined, 410, 'has expired'],
    [
      'comes too late',
      { record: warnedDashboard({ state: 'terminated', outcome: 'gone' }) },
      undefined,
      410,
      'has ended',
    ],
    ['comes after a claim', { record: warnedDashboard({ state: 'terminating' }) }, undefined, 410, 'is under way'],
    [
      'is about an earlier idle spell',
      { record: warnedDashboard({ lastActiveAt: '2026-11-20T15:05:00Z' }) },
      undefined,
      410,
      'has been used since',
    ],
    ['meets snoozing switched off', { snooze: { max: 0, perOwnerPerDay: 1 } }, undefined, 410, 'switched off'],
  ] as const)('and %s changes nothing and says so', async (_, options, token, status, sentence) => {
    const { answer, version } = await world(options);
    for (const method of ['GET', 'POST']) {
      const answered = await answer(method, token);
      expect(answered.status).toBe(status);
      expect(answered.html).toContain(sentence);
    }
    expect(await version()).toBe(1);
  });

  it('past the bound of the day is answered 429', async () => {
    const { answer, table } = await world();
    await table.saveSnoozeCount({ owner: 'bi-team@example.com', day: '2026-11-20', count: 3, version: 1 });
    expect((await answer('POST')).status).toBe(429);
  });

  it.each(['DELETE', 'OPTIONS', 'PUT', 'PATCH', ''])(
    'by the method %j is refused, and changes nothing',
    async (method) => {
      const { answer, version } = await world();
      expect((await answer(method)).status).toBe(405);
      expect(await version()).toBe(1);
    },
  );

  it('by HEAD, as scanners do, changes nothing', async () => {
    const { answer, version } = await world();
    expect((await answer('HEAD')).status).toBe(200);
    expect(await version()).toBe(1);
  });

  it.each([
    ['start', { startedAt: '2026-11-20T10:00:00Z' }],
    ['user', { user: 'bi_writer' }],
    ['target', { target: 'sales' }],
  ])('keeps no session of that pid with another %s', async (_, other) => {
    const { link } = await world();
    const identity = { ...warnedDashboard().identity, ...other };
    const { answer, version } = await world({ record: warnedDashboard({ identity }) });
    const answered = await answer('POST', link.searchParams.get('link') ?? '');
    expect(answered).toMatchObject({ status: 410, outcome: 'NothingToSnooze' });
    expect(await version()).toBe(1);
  });

  it('lives an hour longer than the announced end', async () => {
    const { answer } = await world({ at: '2026-11-20T16:30:04.000Z' });
    expect((await answer('GET')).status).toBe(200);
  });

  it('shows names that clients chose as text, never as markup', async () => {
    const user = `<script>alert("x")</script>&'`;
    const record = warnedDashboard({ identity: { ...warnedDashboard().identity, user } });
    const { answer } = await world({ record });
    for (const method of ['GET', 'POST']) {
      const { html } = await answer(method);
      expect(html).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;');
      expect(html).not.toContain('<script');
    }
  });
});

describe('a function URL', () => {
  const event = {
    version: '2.0',
    rawPath: '/',
    rawQueryString: 'link=a.b',
    requestContext: { http: { method: 'post', path: '/' } },
  };

  it('gives method and link', () => {
    expect(readUrlEvent(event)).toEqual({ method: 'POST', token: 'a.b' });
    expect(readUrlEvent({ ...event, rawQueryString: '' }).token).toBe('');
    // Of several the first counts: nobody puts another one in front of what he was shown.
    expect(readUrlEvent({ ...event, rawQueryString: 'link=a.b&link=c.d' }).token).toBe('a.b');
    expect(() => readUrlEvent({ ...event, version: '1.0' })).toThrow();
  });

  it('answers with a page that nobody stores, frames, or learns the address of', () => {
    const { headers, body, statusCode } = toUrlResponse({ status: 410, html: '<p>x</p>', outcome: 'x' }, 'GET');
    expect(statusCode).toBe(410);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(body).toBe('<p>x</p>');
    expect(toUrlResponse({ status: 200, html: 'x', outcome: 'x' }, 'HEAD').body).toBe('');
  });
});
