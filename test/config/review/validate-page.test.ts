import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { validateCommand } from '../../../src/cli/commands/validate-command.ts';

const section = /## Validate\n([\s\S]*?)\n## /.exec(readFileSync('docs/configuration.md', 'utf8'))?.[1] ?? '';

it('docs/configuration.md tells every finding that validate can make, and no other', () => {
  const folder = new URL('../../../src/config/review/', import.meta.url);
  const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
  const made = sources.flatMap((source) => [...source.matchAll(/code: '([a-z-]+)'/g)].map(([, code]) => code));
  const told = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code);
  expect(told.length).toBeGreaterThan(10);
  expect(told.toSorted()).toEqual([...new Set(made)].toSorted());
});

it('docs/configuration.md shows what validate prints', () => {
  const [, file = '', printed = ''] = /```yml\n([\s\S]*?)```[\s\S]*?```\n([\s\S]*?)\n```/.exec(section) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-validate-'));
  try {
    writeFileSync(join(folder, 'slotkeeper.yml'), file);
    const out: string[] = [];
    const io = {
      out: (text: string) => out.push(text),
      err: () => {},
      width: null,
      emphasise: (_: string, text: string) => text,
    };
    expect(validateCommand(io, { config: join(folder, 'slotkeeper.yml') })).toBe(2);
    expect(out.join('\n').replaceAll(`${folder}/`, '')).toBe(printed);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
