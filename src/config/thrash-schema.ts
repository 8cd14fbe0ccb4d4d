import { DEFAULT_THRASH } from '../policy/thrash-limits.ts';
import { duration, mapping, wholeNumber } from './fields.ts';

/** `thrash` of a target: when ending a client's sessions is given up because it opens new ones at once. */
export const thrashSchema = mapping({
  reconnects: wholeNumber(2, 1_000).default(DEFAULT_THRASH.reconnects),
  within: duration('1s', '10m').default(DEFAULT_THRASH.within),
  window: duration('1m', '7d').default(DEFAULT_THRASH.window),
  holdFor: duration('1m', '30d').default(DEFAULT_THRASH.holdFor),
});
