import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jsonSchemas } from '../../src/cli/json/json-schemas.ts';

const folder = new URL('../../docs/schemas/', import.meta.url);

describe('docs/schemas', () => {
  it('is what the command line checks its documents with (else: node scripts/cli-json-schemas.ts --write)', () => {
    const stored = readdirSync(folder).map((file) => [file, JSON.parse(readFileSync(new URL(file, folder), 'utf8'))]);
    expect(Object.fromEntries(stored)).toEqual(jsonSchemas());
  });
});
