import type { TopicSubscriptions } from '../../messaging/sns-subscriptions.ts';

/** A rule of EventBridge as it is. */
export interface ScheduleRule {
  /** `rate(…)` or `cron(…)`; null: it has none. */
  readonly expression: string | null;
  readonly enabled: boolean;
}

/** What commands ask of, and do with, a stage's resources beside its table and its state machines. */
export interface StackServices {
  /** Null: there is no such rule. */
  readRule(name: string): Promise<ScheduleRule | null>;
  /** Enables or disables a rule. */
  switchRule(name: string, enabled: boolean): Promise<void>;
  /** Who has subscribed to a topic. */
  subscriptionsOf(topicArn: string): Promise<TopicSubscriptions>;
}
