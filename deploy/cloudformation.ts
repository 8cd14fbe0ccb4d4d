/** A resource of the stack, as CloudFormation takes it. */
export interface Resource {
  readonly Type: string;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: 'Delete' | 'Retain';
  readonly UpdateReplacePolicy?: 'Delete' | 'Retain';
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** Resources by their logical ids. */
export type Resources = Readonly<Record<string, Resource>>;

/** A value that CloudFormation computes. */
export type Intrinsic =
  | { readonly Ref: string }
  | { readonly 'Fn::GetAtt': readonly [string, string] }
  | { readonly 'Fn::Sub': string };

export const ref = (logicalId: string): Intrinsic => ({ Ref: logicalId });

export const getAtt = (logicalId: string, attribute: string): Intrinsic => ({ 'Fn::GetAtt': [logicalId, attribute] });

export const sub = (text: string): Intrinsic => ({ 'Fn::Sub': text });

/** CloudFormation's names of where the stack is. */
export const REGION = `\${AWS::Region}`;
export const ACCOUNT = `\${AWS::AccountId}`;
const PARTITION = `\${AWS::Partition}`;

/** An ARN of the stack's own account and region: `arn('sns', 'topic')`. */
export const arn = (service: string, resource: string, region = REGION): Intrinsic =>
  sub(`arn:${PARTITION}:${service}:${region}:${ACCOUNT}:${resource}`);

/**
 * A name of `slotkeeper.yml` as a part of a logical id, which takes letters and digits only. Two names never come to the
 * same: they have no capitals of their own.
 */
export function logicalName(name: string): string {
  const spelt = name.replaceAll('-', 'Dash');
  return `${spelt.charAt(0).toUpperCase()}${spelt.slice(1)}`;
}

/** The logical id that the framework gives to a function: `beginRun` is `BeginRunLambdaFunction`. */
export function functionLogicalId(key: string): string {
  return `${logicalName(key)}LambdaFunction`;
}
