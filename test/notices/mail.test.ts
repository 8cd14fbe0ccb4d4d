import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideMail } from '../../src/notices/decide-mail.ts';
import { lateEnd } from '../../src/notices/late-end.ts';
import type { MailEntry } from '../../src/notices/mail-entry.ts';
import { noticeContent } from '../../src/notices/notice-content.ts';
import { backendNumber } from '../support/example-records.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const at = (seconds: number) => new Date(NOON + seconds * 1000);

describe('lateEnd', () => {
  it('is never before the announced end, never before receipt and grace, and one of the two', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer({ min: 0, max: 100_000 }),
        (announcedIn, delay, grace) => {
          const announced = at(announcedIn).toISOString();
          const end = Date.parse(lateEnd(announced, at(delay).toISOString(), grace) ?? '');
          expect(end).toBe(Math.max(at(announcedIn).getTime(), at(delay + grace).getTime()));
          const later = Date.parse(lateEnd(announced, at(delay + 1).toISOString(), grace) ?? '');
          expect(later).toBeGreaterThanOrEqual(end);
        },
      ),
    );
  });

  it('stays never where nothing will be ended', () => {
    expect(lateEnd(null, at(0).toISOString(), 900)).toBeNull();
  });
});

describe('noticeContent', () => {
  const members = [1, 2, 3].map(backendNumber);
  const contentOf = (told: typeof members, terms: readonly number[] = [3600, 900]) => noticeContent(told, () => terms);

  it('is the same in any order, and another with another backend or idle spell', () => {
    const content = contentOf(members);
    expect(contentOf(members.toReversed())).toBe(content);
    expect(contentOf(members.slice(1))).not.toBe(content);
    const [first, ...rest] = members;
    const used = first === undefined ? [] : [{ ...first, lastActiveAt: '2026-11-20T14:00:00.000000Z' }];
    expect(contentOf([...used, ...rest])).not.toBe(content);
    expect(contentOf(members, [3600, 600])).not.toBe(content);
    expect(contentOf(members.map((member) => ({ ...member, endsAt: null })))).not.toBe(content);
  });
});

describe('decideMail', () => {
  const entry = (seconds: number, content: string, proven: boolean): MailEntry => ({
    at: at(seconds).toISOString(),
    content,
    runId: `run-${seconds}`,
    noticeId: 'n',
    sent: proven ? { messageId: `m-${seconds}`, channel: 'sns', at: at(seconds).toISOString() } : null,
  });
  const rate = { messages: 2, per: 3600 };

  it('takes over what is proven and tells the same, and nothing that may not have gone out', () => {
    const messages = [entry(0, 'a', true), entry(10, 'b', false)];
    expect(decideMail(messages, { content: 'a', now: at(20) }, rate)).toMatchObject({ kind: 'adopt', runId: 'run-0' });
    expect(decideMail(messages, { content: 'b', now: at(20) }, rate)).toMatchObject({ kind: 'defer' });
  });

  it('forgets what is as old as the window', () => {
    const messages = [entry(0, 'a', true), entry(10, 'b', true)];
    expect(decideMail(messages, { content: 'c', now: at(20) }, rate)).toEqual({
      kind: 'defer',
      until: at(3600).toISOString(),
    });
    expect(decideMail(messages, { content: 'a', now: at(3600) }, rate)).toEqual({
      kind: 'send',
      kept: messages.slice(1),
    });
  });

  it('never lets more through than the rate says, in any window', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.constantFrom('a', 'b', 'c'), fc.boolean()), {
          maxLength: 40,
        }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 60, max: 3600 }),
        (steps, messages, per) => {
          let kept: readonly MailEntry[] = [];
          let now = 0;
          const sentAt: number[] = [];
          for (const [wait, content, proven] of steps) {
            now += wait;
            const decision = decideMail(kept, { content, now: at(now) }, { messages, per });
            if (decision.kind === 'send') {
              kept = [...decision.kept, entry(now, content, proven)];
              sentAt.push(now);
            }
          }
          for (const start of sentAt) {
            expect(sentAt.filter((time) => time >= start && time < start + per).length).toBeLessThanOrEqual(messages);
          }
        },
      ),
    );
  });
});
