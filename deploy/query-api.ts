import type { ApiAuthorizer, ApiConfig } from '../src/config/api-config.ts';
import {
  ACCOUNT,
  functionLogicalId,
  getAtt,
  type Intrinsic,
  REGION,
  type Resources,
  ref,
  sub,
} from './cloudformation.ts';
import { API_FUNCTION } from './function-rights.ts';
import type { StackNames } from './stack-names.ts';

const ROUTE = { method: 'POST', path: '/query' } as const;

/** How long a request to a function may take, the most that an HTTP API has (API Gateway guide, quotas). */
const TIMEOUT_MS = 30_000;

const RETENTION_DAYS = 30;

/**
 * The HTTP API for tenants' queries: one route, which only whom the authorizer lets in can call. What it does not say
 * is not asked: it has no CORS, since services call it and no pages.
 */
export function queryApi({ prefix }: StackNames, { authorizer, throttle }: ApiConfig): Resources {
  return {
    QueryApi: {
      Type: 'AWS::ApiGatewayV2::Api',
      Properties: {
        Name: `${prefix}-queries`,
        ProtocolType: 'HTTP',
        Description: "Tenants' queries on shared sessions",
      },
    },
    ...(authorizer.kind === 'jwt'
      ? {
          QueryApiAuthorizer: {
            Type: 'AWS::ApiGatewayV2::Authorizer',
            Properties: {
              ApiId: ref('QueryApi'),
              Name: 'tokens',
              AuthorizerType: 'JWT',
              IdentitySource: ['$request.header.Authorization'],
              JwtConfiguration: { Issuer: authorizer.issuer, Audience: authorizer.audience },
            },
          },
        }
      : {}),
    QueryApiIntegration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: ref('QueryApi'),
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: getAtt(functionLogicalId(API_FUNCTION), 'Arn'),
        PayloadFormatVersion: '2.0',
        TimeoutInMillis: TIMEOUT_MS,
      },
    },
    QueryApiRoute: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: ref('QueryApi'),
        RouteKey: `${ROUTE.method} ${ROUTE.path}`,
        Target: sub(`integrations/\${QueryApiIntegration}`),
        ...authorization(authorizer),
      },
    },
    QueryApiStage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: {
        ApiId: ref('QueryApi'),
        StageName: '$default',
        AutoDeploy: true,
        DefaultRouteSettings: {
          ThrottlingRateLimit: throttle.rate,
          ThrottlingBurstLimit: throttle.burst,
          DetailedMetricsEnabled: true,
        },
        AccessLogSettings: { DestinationArn: getAtt('QueryApiLog', 'Arn'), Format: accessLog(authorizer) },
      },
    },
    QueryApiLog: {
      Type: 'AWS::Logs::LogGroup',
      Properties: {
        // Groups of this prefix share one line of the resource policy by which API Gateway writes, which is limited in
        // length (CloudWatch Logs guide, "Logging that requires additional permissions").
        LogGroupName: `/aws/vendedlogs/apigateway/${prefix}-queries`,
        RetentionInDays: RETENTION_DAYS,
      },
    },
    QueryApiPermission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: ref(functionLogicalId(API_FUNCTION)),
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        SourceArn: sub(
          `arn:\${AWS::Partition}:execute-api:${REGION}:${ACCOUNT}:\${QueryApi}/*/${ROUTE.method}${ROUTE.path}`,
        ),
      },
    },
  };
}

/** Where queries are posted to. */
export function queryApiUrl(): Intrinsic {
  return sub(`\${QueryApi.ApiEndpoint}${ROUTE.path}`);
}

function authorization(authorizer: ApiAuthorizer): Readonly<Record<string, unknown>> {
  return authorizer.kind === 'iam'
    ? { AuthorizationType: 'AWS_IAM' }
    : {
        AuthorizationType: 'JWT',
        AuthorizerId: ref('QueryApiAuthorizer'),
        ...(authorizer.scopes.length === 0 ? {} : { AuthorizationScopes: authorizer.scopes }),
      };
}

/** A line per request: who, when and how it ended; no body, no token, no address. */
function accessLog(authorizer: ApiAuthorizer): string {
  return JSON.stringify({
    requestId: '$context.requestId',
    time: '$context.requestTime',
    route: '$context.routeKey',
    status: '$context.status',
    caller:
      authorizer.kind === 'iam' ? '$context.identity.userArn' : `$context.authorizer.claims.${authorizer.tenantClaim}`,
    latency: '$context.responseLatency',
    error: '$context.error.message',
    authorizerError: '$context.authorizer.error',
    integrationError: '$context.integrationErrorMessage',
  });
}
