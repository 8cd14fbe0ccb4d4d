import { PRICES } from '../../deploy/prices.ts';

/** A price, and where it stands. */
export interface Price {
  readonly dollars: number;
  readonly per: string;
  readonly source: string;
}

/**
 * Prices of us-east-1, without free tiers; other Regions differ. `source` is the page on which AWS publishes a price, to look
 * it up; docs/deploy.md says which were compared with what. A price that the dashboard uses, too, is that of deploy/prices.ts.
 */
export const PRICE_LIST = {
  transitions: { dollars: PRICES.stateTransition, per: 'transition', source: 'aws.amazon.com/step-functions/pricing' },
  lambdaRequests: { dollars: PRICES.lambdaRequest, per: 'request', source: 'aws.amazon.com/lambda/pricing' },
  lambdaSeconds: { dollars: PRICES.lambdaGbSecond, per: 'GB-second (arm64)', source: 'aws.amazon.com/lambda/pricing' },
  writes: { dollars: PRICES.dynamoWriteUnit, per: 'write unit', source: 'aws.amazon.com/dynamodb/pricing/on-demand' },
  reads: { dollars: PRICES.dynamoReadUnit, per: 'read unit', source: 'aws.amazon.com/dynamodb/pricing/on-demand' },
  messages: { dollars: 2 / 100_000, per: 'mail', source: 'aws.amazon.com/sns/pricing' },
  events: { dollars: 1 / 1_000_000, per: 'event', source: 'aws.amazon.com/eventbridge/pricing' },
  metrics: { dollars: 0.3, per: 'metric and month', source: 'aws.amazon.com/cloudwatch/pricing' },
  alarms: { dollars: 0.1, per: 'metric of an alarm and month', source: 'aws.amazon.com/cloudwatch/pricing' },
  dashboards: { dollars: 3, per: 'dashboard and month', source: 'aws.amazon.com/cloudwatch/pricing' },
  keys: { dollars: 1, per: 'key and month', source: 'aws.amazon.com/kms/pricing' },
  secrets: { dollars: 0.4, per: 'secret and month', source: 'aws.amazon.com/secrets-manager/pricing' },
} as const satisfies Record<string, Price>;

export type Item = keyof typeof PRICE_LIST;
