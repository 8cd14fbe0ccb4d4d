import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { fileJsonSchema } from '../../src/config/file-json-schema.ts';
import { InvalidConfig } from '../../src/config/invalid-config.ts';
import { parseConfig } from '../../src/config/parse-config.ts';

const schema = z.fromJSONSchema(fileJsonSchema());

const VALID = `
targets:
  prod: { engine: redshift, cluster: analytics-1, database: dev, slots: { limit: 500 }, caps: { maxShare: 25% }, policy: default }
policies:
  default:
    - { name: etl, match: { user: etl }, keep: true }
    - { name: everyone, match: { user: ['*'], activity: idle }, warnAfter: 1h30m, terminateAfter: 2h }
notices: { defaultOwner: team@example.com }
runs: { pollWaits: [1s, 0s], settle: { rounds: 3 } }
`;

function parserAccepts(text: string): boolean {
  try {
    parseConfig(text, 'sample');
    return true;
  } catch (error) {
    if (error instanceof InvalidConfig) {
      return false;
    }
    throw error;
  }
}

describe('the JSON Schema of slotkeeper.yml', () => {
  it.each([
    'slotkeeper.yml',
    'local/demo/slotkeeper.demo.yml',
    'test/fixtures/slotkeeper.yml',
    'test/fixtures/tenants.yml',
    'test/fixtures/postgres.yml',
  ])('accepts %s, as the parser does', (path) => {
    const text = readFileSync(path, 'utf8');
    expect(parserAccepts(text)).toBe(true);
    expect(schema.safeParse(parse(text)).error).toBeUndefined();
  });

  it.each([
    ['analytics-1', 'Analytics'],
    ['engine: redshift', 'engine: mysql'],
    ['engine: redshift', 'engine: postgres'],
    ['25%', '25 percent'],
    ['25%', '1.5'],
    ['1h30m', '30m1h'],
    ['1h30m', "''"],
    ['1h30m', '90'],
    ['limit: 500', 'limit: 5000'],
    ['limit: 500', 'limmit: 500'],
    ['keep: true', 'keep: yes please'],
    ['activity: idle', 'activity: sleeping'],
    ['user: etl', 'user: []'],
    ['rounds: 3', 'rounds: 3.5'],
    ['policies:', 'policy:'],
    ['  prod:', '  Prod:'],
    ['{ defaultOwner: team@example.com }', '{}'],
  ])('refuses, as the parser does, %s changed to %s', (right, wrong) => {
    const text = VALID.replace(right, wrong);
    expect(parserAccepts(VALID) && schema.safeParse(parse(VALID)).success).toBe(true);
    expect(parserAccepts(text)).toBe(false);
    expect(schema.safeParse(parse(text)).success).toBe(false);
  });

  it('stands in the first line of slotkeeper.yml, so that editors find it', () => {
    const [first] = readFileSync('slotkeeper.yml', 'utf8').split('\n');
    expect(first).toBe('# yaml-language-server: $schema=docs/schemas/slotkeeper.yml.json');
  });
});
