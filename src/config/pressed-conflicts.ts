import { formatDuration } from '../notices/format-duration.ts';
import type { PressedThresholds } from '../policy/rule.ts';
import { DEFAULT_GRACE_SECONDS } from './default-grace.ts';

/** What a rule says for itself; a key that it leaves out is undefined. */
interface OwnThresholds {
  readonly warnAfter?: number | undefined;
  readonly terminateAfter?: number | undefined;
  readonly grace?: number | undefined;
  readonly notice?: 'owner' | 'none' | undefined;
}

/** A key of `whenFreeSlotsBelow` that does not go together with the rest of its rule. */
interface PressedConflict {
  readonly key: 'whenFreeSlotsBelow';
  readonly inner?: keyof PressedThresholds;
  readonly expected: string;
}

const key = 'whenFreeSlotsBelow';

/** Pressure only ever shortens: nobody is spared longer because slots are short. */
export function* findPressedConflicts(own: OwnThresholds, pressed: PressedThresholds): Generator<PressedConflict> {
  if (Object.keys(pressed).length === 0) {
    yield { key, expected: 'warnAfter, terminateAfter or grace inside, or no whenFreeSlotsBelow' };
  }
  for (const inner of ['warnAfter', 'terminateAfter', 'grace'] as const) {
    const [most, least] = [ownLimit(own, inner), pressed[inner]];
    if (least !== undefined && most !== undefined && least > most) {
      yield { key, inner, expected: `at most the rule's own ${formatDuration(most)}: pressure shortens` };
    }
  }
  const warned = pressed.warnAfter ?? own.warnAfter;
  const ended = pressed.terminateAfter ?? own.terminateAfter;
  if (warned !== undefined && ended !== undefined && warned > ended) {
    const inner = pressed.warnAfter === undefined ? 'terminateAfter' : 'warnAfter';
    yield { key, inner, expected: 'a warnAfter that is not longer than terminateAfter under pressure, too' };
  }
  for (const inner of ['warnAfter', 'grace'] as const) {
    if (own.notice === 'none' && pressed[inner] !== undefined) {
      yield { key, inner, expected: `no ${inner} beside notice: none, by which nobody is told` };
    }
  }
  if (pressed.grace !== undefined && ended === undefined) {
    yield { key, inner: 'grace', expected: 'no grace without terminateAfter: a rule that only warns ends nothing' };
  }
}

/** A rule without warnAfter warns when terminateAfter is reached; the default grace is the rule's own too. */
function ownLimit(own: OwnThresholds, inner: keyof PressedThresholds): number | undefined {
  switch (inner) {
    case 'warnAfter':
      return own.warnAfter ?? own.terminateAfter;
    case 'terminateAfter':
      return own.terminateAfter;
    case 'grace':
      return own.grace ?? DEFAULT_GRACE_SECONDS;
  }
}
