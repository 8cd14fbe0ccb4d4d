import { describe, expect, it } from 'vitest';
import { InvalidConfig } from '../../src/config/invalid-config.ts';
import { parseConfig } from '../../src/config/parse-config.ts';

const POOL = 'pool: { dbUser: "tenant_{tenantId}" }';

function parse(api: string, pool = POOL) {
  const text = `targets:
  prod: { engine: redshift, cluster: local, database: dev, slots: { limit: 100 }, policy: default, ${pool} }
policies: { default: [{ name: everyone, terminateAfter: 1h }] }
notices: { defaultOwner: team@example.com }
${api}
`;
  return parseConfig(text, 'slotkeeper.yml').api;
}

function problemsOf(api: string, pool?: string): string[] {
  try {
    parse(api, pool);
  } catch (error) {
    if (error instanceof InvalidConfig) {
      return error.problems.map(({ path, expected }) => `${path}: ${expected}`);
    }
    throw error;
  }
  throw new Error('expected InvalidConfig');
}

describe('api of slotkeeper.yml', () => {
  it('is off unless it is written', () => {
    expect(parse('')).toBeUndefined();
  });

  it('takes tokens, or roles, and a throttle', () => {
    expect(
      parse('api: { jwt: { issuer: "https://id.example.com/", audience: a, tenantClaim: "custom:tenant" } }'),
    ).toEqual({
      authorizer: {
        kind: 'jwt',
        issuer: 'https://id.example.com/',
        audience: ['a'],
        tenantClaim: 'custom:tenant',
        scopes: [],
      },
      throttle: { rate: 20, burst: 40 },
    });
    expect(parse('api: { iam: { role: "queries-{tenantId}" }, throttle: { rate: 5, burst: 10 } }')).toEqual({
      authorizer: { kind: 'iam', role: 'queries-{tenantId}' },
      throttle: { rate: 5, burst: 10 },
    });
  });

  const JWT = 'jwt: { issuer: "https://id.example.com/", audience: a, tenantClaim: t }';
  it.each([
    ['api: {}', /^api: either jwt or iam/],
    [`api: { ${JWT}, iam: { role: "x-{tenantId}" } }`, /^api: either jwt or iam/],
    [
      'api: { jwt: { issuer: "http://id.example.com", audience: a, tenantClaim: t } }',
      /^api\.jwt\.issuer: the https URL/,
    ],
    ['api: { jwt: { issuer: "https://id.example.com", tenantClaim: t } }', /^api\.jwt\.audience/],
    ['api: { iam: { role: tenants } }', /^api\.iam\.role: .*\{tenantId\} exactly once/],
    ['api: { iam: { role: "{tenantId}{tenantId}" } }', /^api\.iam\.role: /],
  ])('refuses %s', (api, problem) => {
    expect(problemsOf(api)).toEqual([expect.stringMatching(problem)]);
  });

  it('needs a target with a pool, whose callers do not wait longer than API Gateway', () => {
    expect(problemsOf(`api: { ${JWT} }`, 'schedule: rate(1 hour)')).toEqual([
      'api: a target with a pool, by which tenants are served over HTTP',
    ]);
    expect(problemsOf(`api: { ${JWT} }`, 'pool: { dbUser: "tenant_{tenantId}", waitFor: 25s }')).toEqual([
      'targets.prod.pool.waitFor: at most 20s with api: nobody hears an answer over HTTP after 30s',
    ]);
  });
});
