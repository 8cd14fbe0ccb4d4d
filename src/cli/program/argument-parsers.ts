import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../../config/parse-duration.ts';
import { DIMENSIONS, type Dimension } from '../../leaks/client-group.ts';

/** Seconds of a duration such as `12h`. These all throw commander's InvalidArgumentError, which says what was expected. */
export function seconds(text: string): number {
  const value = parseDuration(text);
  if (value === null) {
    throw new InvalidArgumentError('Expected a duration such as 12h or 30d.');
  }
  return value;
}

/** Milliseconds since 1970 of a moment as tables and JSON show it, cut to the second. */
export function moment(text: string): number {
  const written = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d{1,6})?Z?$/.exec(text);
  const time = written === null ? Number.NaN : Date.parse(`${written[1]}T${written[2]}Z`);
  if (Number.isNaN(time)) {
    throw new InvalidArgumentError('Expected a time in UTC such as 2026-11-20T15:04:01Z.');
  }
  return time;
}

/** Dimensions in their own order, whatever order they are named in. */
export function dimensions(text: string): readonly Dimension[] {
  const named = text.split(',');
  if (!named.every((name) => DIMENSIONS.some((dimension) => dimension === name))) {
    throw new InvalidArgumentError(`Expected some of ${DIMENSIONS.join(',')}.`);
  }
  return DIMENSIONS.filter((dimension) => named.includes(dimension));
}

/** The first 8 digits of a hash at least: fewer would be a guess. */
export function planHash(text: string): string {
  if (!/^[0-9a-f]{8,64}$/i.test(text)) {
    throw new InvalidArgumentError('Expected 8 to 64 hex digits, as the dry run shows them.');
  }
  return text.toLowerCase();
}

/** As `leaks` shows it, or its first digits. */
export function clientIdOf(text: string): string {
  if (!/^[0-9a-f]{4,16}$/i.test(text)) {
    throw new InvalidArgumentError('Expected 4 to 16 hex digits, as slotkeeper leaks shows them.');
  }
  return text.toLowerCase();
}

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
    }
    return value;
  };
}
