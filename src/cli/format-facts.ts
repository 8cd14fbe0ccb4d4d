import { printable } from './printable.ts';

/** Lines `name  value`, the values lined up. Values may be as long as they are: they are for reading, not for columns. */
export function formatFacts(facts: readonly (readonly [name: string, value: string])[]): string[] {
  const width = Math.max(0, ...facts.map(([name]) => name.length));
  return facts.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}`.trimEnd());
}
