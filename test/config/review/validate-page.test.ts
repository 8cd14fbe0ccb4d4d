import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it('docs/configuration.md tells every finding that validate can make, and no other', () => {
  const folder = new URL('../../../src/config/review/', import.meta.url);
  const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
  const made = sources.flatMap((source) => [...source.matchAll(/code: '([a-z-]+)'/g)].map(([, code]) => code));
  const section = /## Validate\n([\s\S]*?)\n## /.exec(readFileSync('docs/configuration.md', 'utf8'))?.[1] ?? '';
  const told = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code);
  expect(told.length).toBeGreaterThan(10);
  expect(told.toSorted()).toEqual([...new Set(made)].toSorted());
});
