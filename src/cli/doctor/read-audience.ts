import type { SlotkeeperConfig } from '../../config/slotkeeper-config.ts';
import type { Reach } from '../../doctor/deployment/judge-audience.ts';
import { createSnsNoticeChannel } from '../../messaging/sns-notice-channel.ts';
import { toAttribute } from '../../notices/printable.ts';
import type { DoctorClients } from './doctor-clients.ts';

/** Who would get each owner's notices, asked as a run asks before it warns. */
export async function readOwnersAudience(
  { sns }: DoctorClients,
  topicArn: string,
  config: SlotkeeperConfig,
): Promise<readonly Reach[]> {
  const channel = createSnsNoticeChannel({ client: sns, topicArn });
  const reaches: Reach[] = [];
  for (const { name, rules } of Object.values(config.targets)) {
    const named = rules.flatMap(({ owner }) => (owner === null ? [] : [owner]));
    const owners = new Set([config.notices.defaultOwner, ...config.notices.owners.map(({ owner }) => owner), ...named]);
    for (const owner of owners) {
      const attributes = { target: toAttribute(name), owner: toAttribute(owner), action: 'warn' };
      reaches.push({ owner, target: name, ...(await channel.audienceOf(asMessage(attributes))) });
    }
  }
  return reaches;
}

/** Who would get the alert of a run that failed. */
export async function readOperatorsAudience(
  { sns }: DoctorClients,
  topicArn: string,
  config: SlotkeeperConfig,
): Promise<readonly Reach[]> {
  const channel = createSnsNoticeChannel({ client: sns, topicArn });
  const reaches: Reach[] = [];
  for (const { name } of Object.values(config.targets)) {
    const attributes = { target: toAttribute(name), action: 'run-failed' };
    reaches.push({ owner: null, target: name, ...(await channel.audienceOf(asMessage(attributes))) });
  }
  return reaches;
}

/** Nothing is sent: subscriptions choose by the attributes alone. */
function asMessage(attributes: Readonly<Record<string, string>>) {
  return { subject: 'doctor', body: 'doctor', attributes };
}
