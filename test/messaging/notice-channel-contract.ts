import { expect, it } from 'vitest';
import type { NoticeChannel, NoticeMessage } from '../../src/messaging/notice-channel.ts';

/** A channel and what may befall its subscriptions. */
export interface ChannelWorld {
  readonly channel: NoticeChannel;
  /** Somebody subscribes; `filter` as SNS has it, on attributes. Answers how to confirm it. */
  subscribe(filter?: Record<string, unknown>): Promise<{ confirm(): Promise<void>; leave(): Promise<void> }>;
  /** So much time goes by that nothing is remembered. */
  forget(): void;
}

const message: NoticeMessage = {
  subject: 'Slotkeeper: 1 idle session',
  body: 'pid 1073',
  attributes: { target: 'analytics', owner: 'bi-team@example.com', action: 'warn' },
};

/** What every {@link NoticeChannel} must tell of its audience. */
export function noticeChannelContract(createWorld: () => Promise<ChannelWorld>): void {
  it('has an audience of confirmed subscriptions only', async () => {
    const { channel, subscribe, forget } = await createWorld();
    expect(await channel.audienceOf(message)).toEqual({ confirmed: 0, pending: 0, filtered: 0 });
    const subscription = await subscribe();
    forget();
    expect(await channel.audienceOf(message)).toEqual({ confirmed: 0, pending: 1, filtered: 0 });
    await subscription.confirm();
    forget();
    expect(await channel.audienceOf(message)).toEqual({ confirmed: 1, pending: 0, filtered: 0 });
    await subscription.leave();
    forget();
    expect(await channel.audienceOf(message)).toEqual({ confirmed: 0, pending: 0, filtered: 0 });
  });

  it('counts only those whose filter takes the message', async () => {
    const { channel, subscribe, forget } = await createWorld();
    for (const filter of [{ owner: ['bi-team@example.com'] }, { owner: ['etl@example.com'] }, { severity: ['high'] }]) {
      await (await subscribe(filter)).confirm();
    }
    forget();
    expect(await channel.audienceOf(message)).toEqual({ confirmed: 1, pending: 0, filtered: 2 });
    const others = { ...message, attributes: { ...message.attributes, owner: 'etl@example.com' } };
    expect(await channel.audienceOf(others)).toEqual({ confirmed: 1, pending: 0, filtered: 2 });
  });

  it('counts them beyond one page of the list', async () => {
    const { channel, subscribe, forget } = await createWorld();
    for (let index = 0; index < 105; index += 1) {
      await (await subscribe()).confirm();
    }
    forget();
    expect(await channel.audienceOf(message)).toEqual({ confirmed: 105, pending: 0, filtered: 0 });
  });
}
