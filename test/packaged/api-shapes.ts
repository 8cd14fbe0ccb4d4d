import * as z from 'zod';
import { arn, name, text } from './template-values.ts';

/** The types of an HTTP API, after their pages of the CloudFormation template reference; see `SHAPES`. */
export const API_SHAPES: Readonly<Record<string, z.ZodType>> = {
  'AWS::ApiGatewayV2::Api': z.strictObject({
    Name: name(128),
    ProtocolType: z.literal('HTTP'),
    Description: z.string().max(1_024).exactOptional(),
  }),
  'AWS::ApiGatewayV2::Authorizer': z.strictObject({
    ApiId: text,
    Name: name(128),
    AuthorizerType: z.literal('JWT'),
    IdentitySource: z.tuple([z.string().startsWith('$request.')]),
    JwtConfiguration: z.strictObject({
      Issuer: z.string().startsWith('https://'),
      Audience: z.array(z.string().min(1)).min(1).max(50),
    }),
  }),
  'AWS::ApiGatewayV2::Integration': z.strictObject({
    ApiId: text,
    IntegrationType: z.literal('AWS_PROXY'),
    IntegrationUri: arn,
    PayloadFormatVersion: z.literal('2.0'),
    TimeoutInMillis: z.int().min(50).max(30_000),
  }),
  'AWS::ApiGatewayV2::Route': z
    .strictObject({
      ApiId: text,
      RouteKey: z.string().regex(/^(GET|POST|PUT|DELETE) \/\S*$/),
      Target: text,
      // `NONE` would be valid, and anybody's.
      AuthorizationType: z.enum(['JWT', 'AWS_IAM']),
      AuthorizerId: text.exactOptional(),
      AuthorizationScopes: z.array(z.string().min(1)).min(1).exactOptional(),
    })
    .refine(
      (route) => (route.AuthorizationType === 'JWT') === (route.AuthorizerId !== undefined),
      'an authorizer for JWT',
    ),
  'AWS::ApiGatewayV2::Stage': z.strictObject({
    ApiId: text,
    StageName: z.literal('$default'),
    AutoDeploy: z.literal(true),
    DefaultRouteSettings: z.strictObject({
      ThrottlingRateLimit: z.number().min(1),
      ThrottlingBurstLimit: z.int().min(1),
      DetailedMetricsEnabled: z.boolean(),
    }),
    AccessLogSettings: z.strictObject({ DestinationArn: arn, Format: z.string().includes('$context.requestId') }),
  }),
};
