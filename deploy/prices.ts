/**
 * What the parts of a run cost in us-east-1, dollars, without free tiers: AWS pricing pages of Lambda (arm64), Step
 * Functions (Standard) and DynamoDB (on demand), as of November 2026. For the dashboard's estimate only; other Regions
 * differ.
 */
export const PRICES = {
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.0000002,
  stateTransition: 0.000025,
  dynamoReadUnit: 0.000000125,
  dynamoWriteUnit: 0.000000625,
} as const;
