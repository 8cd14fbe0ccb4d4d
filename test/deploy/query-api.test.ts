import { describe, expect, it } from 'vitest';
import { fromConfig } from '../../deploy/from-config.ts';
import { queryApi } from '../../deploy/query-api.ts';
import { stackNames } from '../../deploy/stack-names.ts';
import { ONE_CLUSTER, propertiesOf, THREE_ENGINES } from './stack-of.ts';

const whole = fromConfig(THREE_ENGINES, 'prod');
const names = stackNames('prod');

describe('the HTTP API of the stack', () => {
  it('is off unless it is asked for', () => {
    const cluster = fromConfig(ONE_CLUSTER, 'prod');
    expect(Object.keys(cluster.resources.Resources).filter((id) => id.startsWith('QueryApi'))).toEqual([]);
    expect(Object.keys(cluster.functions)).not.toContain('queryOverHttp');
    expect(cluster.resources.Outputs).not.toHaveProperty('QueryApiUrl');
  });

  it('has one route, which nobody calls without a token of the issuer, for the audience, with the scope', () => {
    const routes = Object.entries(whole.resources.Resources).filter(([, { Type }]) => Type.endsWith('::Route'));
    expect(routes.map(([id]) => id)).toEqual(['QueryApiRoute']);
    expect(propertiesOf(whole, 'QueryApiRoute')).toEqual({
      ApiId: { Ref: 'QueryApi' },
      RouteKey: 'POST /query',
      Target: { 'Fn::Sub': `integrations/\${QueryApiIntegration}` },
      AuthorizationType: 'JWT',
      AuthorizerId: { Ref: 'QueryApiAuthorizer' },
      AuthorizationScopes: ['queries'],
    });
    expect(propertiesOf(whole, 'QueryApiAuthorizer')).toMatchObject({
      AuthorizerType: 'JWT',
      JwtConfiguration: { Issuer: 'https://id.example.com/', Audience: ['slotkeeper'] },
    });
  });

  it('asks IAM where roles are the tenants', () => {
    const api = queryApi(names, {
      authorizer: { kind: 'iam', role: 'queries-{tenantId}' },
      throttle: { rate: 5, burst: 9 },
    });
    expect(api['QueryApiRoute']?.Properties).toMatchObject({ AuthorizationType: 'AWS_IAM' });
    expect(Object.keys(api)).not.toContain('QueryApiAuthorizer');
    expect(api['QueryApiStage']?.Properties?.['DefaultRouteSettings']).toMatchObject({
      ThrottlingRateLimit: 5,
      ThrottlingBurstLimit: 9,
    });
  });

  it('invokes its function, which may be invoked by that route only, and answers before API Gateway gives up', () => {
    expect(propertiesOf(whole, 'QueryApiIntegration')).toMatchObject({
      IntegrationUri: { 'Fn::GetAtt': ['QueryOverHttpLambdaFunction', 'Arn'] },
      PayloadFormatVersion: '2.0',
      TimeoutInMillis: 30_000,
    });
    expect(propertiesOf(whole, 'QueryApiPermission')).toMatchObject({
      Principal: 'apigateway.amazonaws.com',
      SourceArn: { 'Fn::Sub': expect.stringMatching(/:execute-api:.*:\$\{QueryApi\}\/\*\/POST\/query$/) },
    });
    // Statements of both functions must have one owner.
    expect(whole.functions['queryOverHttp']).toMatchObject({ role: 'TenantQueryRole', timeout: 29 });
    expect(whole.functions['runQuery']?.role).toBe('TenantQueryRole');
  });

  it('logs who asked and how it ended, and nothing of what was asked', () => {
    const { Format } = propertiesOf(whole, 'QueryApiStage')['AccessLogSettings'] as { Format: string };
    expect(Object.values(JSON.parse(Format))).toContain('$context.authorizer.claims.tenant');
    expect(Format).not.toMatch(/body|header|sourceIp/i);
    expect(propertiesOf(whole, 'QueryApiLog')).toMatchObject({ RetentionInDays: 30 });
    expect(whole.resources.Outputs).toMatchObject({
      QueryApiUrl: { Value: { 'Fn::Sub': `\${QueryApi.ApiEndpoint}/query` } },
    });
  });
});
