import * as z from 'zod';
import { flag, optionalText, paddedText, wholeNumber } from '../../backends/row-fields.ts';
import type { DataApiTarget } from '../../config/target-config.ts';
import { type Fact, known } from '../../doctor/fact.ts';
import type { OwnLimits } from '../../doctor/server/judge-own-timeouts.ts';
import type { RedshiftGrants } from '../../doctor/server/judge-redshift-grants.ts';
import { readSettingMilliseconds } from '../../doctor/server/read-setting-milliseconds.ts';
import { GUARDED_VIEWS, mayReadSql, REDSHIFT_QUESTIONS } from '../../doctor/server/redshift-questions.ts';
import type { AskingWorld } from '../ask-warehouse.ts';
import { askRow } from './ask-row.ts';
import { attempt } from './attempt.ts';
import type { SignedIn } from './sign-in-to-redshift.ts';

interface World extends AskingWorld {
  readonly endpoint: string | null;
}

/** What SVV_USER_INFO says of the own user, and its limits; each of the two may be unknown by itself. */
export interface UserInfo {
  readonly syslogUnrestricted: Fact<boolean>;
  readonly limits: Fact<OwnLimits>;
}

const userInfoRow = z.object({
  syslog_access: optionalText,
  connection_limit: optionalText,
  session_timeout: wholeNumber.nullable(),
});

/** Limits on the user that signed in. */
export async function readOwnLimits(world: World, target: string, signedIn: Fact<SignedIn>): Promise<UserInfo> {
  if (!signedIn.known) {
    return { syslogUnrestricted: signedIn, limits: signedIn };
  }
  const info = await attempt(world.endpoint, async () =>
    userInfoRow.parse(await askRow(world, target, 'limits of the user', REDSHIFT_QUESTIONS.userInfo)),
  );
  const timeout = await attempt(world.endpoint, async () => {
    const row = await askRow(world, target, 'statement timeout', REDSHIFT_QUESTIONS.statementTimeout);
    return readSettingMilliseconds(z.object({ statement_timeout: paddedText }).parse(row).statement_timeout);
  });
  const { user, superuser } = signedIn.value;
  return {
    syslogUnrestricted: info.known ? known(info.value.syslog_access.toUpperCase() === 'UNRESTRICTED') : info,
    limits: known({
      user,
      superuser,
      sessionTimeoutSeconds: info.known ? (info.value.session_timeout ?? 0) : null,
      connectionLimit:
        info.known && /^\d+$/.test(info.value.connection_limit) ? Number(info.value.connection_limit) : null,
      statementTimeoutMs: timeout.known ? timeout.value : null,
    }),
  };
}

/** What the user that signed in may see and do. A superuser may read everything, so it is not asked about views. */
export async function readGrants(
  world: World,
  target: DataApiTarget,
  signedIn: Fact<SignedIn>,
  { syslogUnrestricted }: UserInfo,
): Promise<Fact<RedshiftGrants>> {
  if (!signedIn.known) {
    return signedIn;
  }
  const { user, superuser } = signedIn.value;
  const guardedViews = GUARDED_VIEWS[target.engine];
  const unreadable: string[] = [];
  for (const view of superuser ? [] : guardedViews) {
    const answer = await attempt(world.endpoint, async () =>
      z.object({ may_read: flag }).parse(await askRow(world, target.name, `grant on ${view}`, mayReadSql(view))),
    );
    if (answer.known && !answer.value.may_read) {
      unreadable.push(view);
    }
  }
  return known({
    user,
    superuser,
    syslogUnrestricted: syslogUnrestricted.known ? syslogUnrestricted.value : null,
    guardedViews,
    unreadable,
  });
}
