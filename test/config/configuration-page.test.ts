import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fileSchema } from '../../src/config/file-schema.ts';
import { knownKeys } from '../../src/config/known-keys.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { formatDuration } from '../../src/notices/format-duration.ts';
import { DEFAULT_POOL_LIMITS } from '../../src/pool/pool-limits.ts';

const page = readFileSync('docs/configuration.md', 'utf8');

describe('docs/configuration.md', () => {
  it('has an example that is valid', () => {
    const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    expect(parseConfig(example, 'the example').targets['prod']?.rules).toHaveLength(4);
  });

  it.each([
    ['redshift', { engine: 'redshift' }],
    ['redshift-serverless', { engine: 'redshift-serverless' }],
    ['postgres', { engine: 'postgres', auth: { kind: 'secret' }, tls: { mode: 'verify-full' } }],
  ])('names every key of a target of engine %s', (_, target) => {
    const keys = knownKeys(fileSchema, ['targets', 'any'], { targets: { any: target } });
    expect(keys.length).toBeGreaterThan(5);
    expect(keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(page))).toEqual([]);
  });

  it('names every key of the file', () => {
    const values = { targets: { any: { engine: 'redshift' } } };
    const mappings = [
      ['targets', 'any'],
      ['targets', 'any', 'slots'],
      ['targets', 'any', 'caps'],
      ['targets', 'any', 'pressure'],
      ['targets', 'any', 'sanity'],
      ['targets', 'any', 'thrash'],
      ['targets', 'any', 'pool'],
      ['targets', 'any', 'pool', 'metrics'],
      ['policies', 'any', 0],
      ['policies', 'any', 0, 'match'],
      ['policies', 'any', 0, 'whenFreeSlotsBelow'],
      ['notices'],
      ['notices', 'snooze'],
      ['notices', 'owners', 0],
      ['runs'],
      ['runs', 'settle'],
      ['api'],
      ['api', 'jwt'],
      ['api', 'iam'],
      ['api', 'throttle'],
    ];
    for (const path of mappings) {
      const keys = knownKeys(fileSchema, path, values);
      expect(keys.length, path.join('.')).toBeGreaterThan(0);
      expect(keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(page))).toEqual([]);
    }
  });

  it('tells the defaults of a pool', () => {
    const { keepAliveSeconds, marginSeconds, leaseSeconds, leaseGraceSeconds, waitSeconds, lifetimeSeconds } =
      DEFAULT_POOL_LIMITS;
    const durations = {
      keepAlive: keepAliveSeconds,
      margin: marginSeconds,
      lease: leaseSeconds,
      leaseGrace: leaseGraceSeconds,
      waitFor: waitSeconds,
      lifetime: lifetimeSeconds,
    };
    const defaultOf = (key: string) => new RegExp(`^\\| \`${key}\` +\\| (\\S+) `, 'm').exec(page)?.[1];
    expect(Object.keys(durations).map((key) => [key, defaultOf(key)])).toEqual(
      Object.entries(durations).map(([key, seconds]) => [key, formatDuration(seconds)]),
    );
    expect([defaultOf('maxPerTenant'), defaultOf('jitter')]).toEqual([
      String(DEFAULT_POOL_LIMITS.maxPerTenant),
      `${DEFAULT_POOL_LIMITS.jitter * 100}%`,
    ]);
  });
});
