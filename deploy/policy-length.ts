/**
 * How many characters a part of a policy has for IAM, which does not count white space. What CloudFormation puts in for
 * partition, Region and account is no longer than their names here.
 */
export function policyLength(part: unknown): number {
  const text = JSON.stringify(part, (_, value: unknown) =>
    typeof value === 'object' && value !== null && 'Fn::Sub' in value ? value['Fn::Sub'] : value,
  );
  return text.replaceAll(/\s/g, '').length;
}
