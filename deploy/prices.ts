/**
 * What the parts of a run cost in us-east-1, dollars, without free tiers: Lambda (arm64), Step Functions
 * (Standard) and DynamoDB (on demand). docs/deploy.md says what they were compared with. Estimates only; other Regions
 * differ.
 */
export const PRICES = {
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.0000002,
  stateTransition: 0.000025,
  dynamoReadUnit: 0.000000125,
  dynamoWriteUnit: 0.000000625,
} as const;
