import { ACCOUNT } from './cloudformation.ts';

/** A statement of an IAM policy. */
export interface PolicyStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export const allow = (
  Action: readonly string[],
  Resource: unknown,
  Condition?: PolicyStatement['Condition'],
): PolicyStatement => ({ Effect: 'Allow', Action, Resource, ...(Condition === undefined ? {} : { Condition }) });

/** Who may assume a role: a service, for this account only where the service tells for whom it asks. */
export function trust(service: 'lambda' | 'states' | 'events') {
  return {
    Effect: 'Allow',
    Principal: { Service: `${service}.amazonaws.com` },
    Action: 'sts:AssumeRole',
    // Step Functions guide, "Prevent cross-service confused deputy issue". Lambda and EventBridge document no such key
    // for the roles of functions and rules.
    ...(service === 'states' ? { Condition: { StringEquals: { 'aws:SourceAccount': { 'Fn::Sub': ACCOUNT } } } } : {}),
  };
}
