/** A clock that stands still until a test moves it. */
export interface TestClock {
  now(): Date;
  /** @param seconds not negative */
  advance(seconds: number): void;
}

export function createTestClock(start = '2026-11-20T15:00:00.000Z'): TestClock {
  let ms = Date.parse(start);
  return {
    now: () => new Date(ms),
    advance(seconds) {
      ms += seconds * 1000;
    },
  };
}
