import { describe, expect, it } from 'vitest';
import { sessionsOfLooks } from '../../src/leaks/sessions-of-looks.ts';
import { at, idleSince, look, session } from './leak-examples.ts';

const early = session(10, 0, null);
const late = session(11, 20, null);

describe('sessionsOfLooks', () => {
  it('puts an end where a session was seen last, and leaves those of the newest look open, in whatever order looks come', () => {
    const looks = [
      look(30, idleSince(early, 1), idleSince(late, 21)),
      look(60, idleSince(late, 21)),
      look(10, idleSince(early, 1)),
    ];
    const { sessions, since } = sessionsOfLooks(looks);
    expect(since).toBe(at(10));
    expect(sessions.map(({ pid, startedAt, endedAt }) => [pid, startedAt, endedAt])).toEqual([
      [11, at(20), null],
      [10, at(0), at(30)],
    ]);
  });

  it('takes a pid that came back for another session', () => {
    const again = session(10, 40, null);
    const { sessions } = sessionsOfLooks([look(30, idleSince(early, 1)), look(60, idleSince(again, 41))]);
    expect(sessions.map(({ startedAt, endedAt }) => [startedAt, endedAt])).toEqual([
      [at(40), null],
      [at(0), at(30)],
    ]);
  });

  it("leaves out the server's own sessions and Slotkeeper's, and knows nothing without a look", () => {
    const { sessions } = sessionsOfLooks([
      look(30, idleSince(early, 1, { system: true }), idleSince(late, 21, { own: true })),
    ]);
    expect(sessions).toEqual([]);
    expect(sessionsOfLooks([])).toEqual({ sessions: [], since: null });
  });
});
