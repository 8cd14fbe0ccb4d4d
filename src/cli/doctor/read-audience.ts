import type { SlotkeeperConfig } from '../../config/slotkeeper-config.ts';
import type { TargetConfig } from '../../config/target-config.ts';
import type { Reach } from '../../doctor/deployment/judge-audience.ts';
import { createSnsNoticeChannel } from '../../messaging/sns-notice-channel.ts';
import { toAttribute } from '../../notices/printable.ts';
import type { DoctorClients } from './doctor-clients.ts';

/** Who would get each owner's notices about these targets, asked as a run asks before it warns. */
export async function readOwnersAudience(
  { sns }: DoctorClients,
  topicArn: string,
  targets: readonly TargetConfig[],
  { notices }: SlotkeeperConfig,
): Promise<readonly Reach[]> {
  const channel = createSnsNoticeChannel({ client: sns, topicArn });
  const reaches: Reach[] = [];
  for (const { name, rules } of targets) {
    const named = rules.flatMap(({ owner }) => (owner === null ? [] : [owner]));
    const owners = new Set([notices.defaultOwner, ...notices.owners.map(({ owner }) => owner), ...named]);
    for (const owner of owners) {
      const attributes = { target: toAttribute(name), owner: toAttribute(owner), action: 'warn' };
      reaches.push({ owner, target: name, ...(await channel.audienceOf(asMessage(attributes))) });
    }
  }
  return reaches;
}

/** Who would get the alert of a run of these targets that failed. */
export async function readOperatorsAudience(
  { sns }: DoctorClients,
  topicArn: string,
  targets: readonly TargetConfig[],
): Promise<readonly Reach[]> {
  const channel = createSnsNoticeChannel({ client: sns, topicArn });
  const reaches: Reach[] = [];
  for (const { name } of targets) {
    const attributes = { target: toAttribute(name), action: 'run-failed' };
    reaches.push({ owner: null, target: name, ...(await channel.audienceOf(asMessage(attributes))) });
  }
  return reaches;
}

/** Nothing is sent: subscriptions choose by the attributes alone. */
function asMessage(attributes: Readonly<Record<string, string>>) {
  return { subject: 'doctor', body: 'doctor', attributes };
}
