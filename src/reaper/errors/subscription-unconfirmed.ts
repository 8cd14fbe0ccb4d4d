import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import type { Audience } from '../../messaging/notice-channel.ts';

/** Nobody would get a notice: it was not sent, and does not count. The state machine's record of it has this name. */
export class SubscriptionUnconfirmed extends SlotkeeperError {
  constructor(owner: string, { pending, filtered }: Audience) {
    super(
      'SubscriptionUnconfirmed',
      `Expected at least one confirmed subscription of the owners' topic that takes messages for ${owner}, got none (${pending} pending, ${filtered} confirmed with a filter that refuses them or cannot be seen). Nothing was sent, and nothing is ended for lack of a receipt. Let ${owner} subscribe and confirm; the next run tries again.`,
    );
  }
}
