import { type Contender, userOf } from './contender.ts';
import { newQuestion } from './question.ts';
import { runStatement } from './run-statement.ts';
import type { World } from './world.ts';

/** Longer than the benchmark takes, seconds. */
const KEEP_ALIVE_SECONDS = 3_600;

/**
 * The limit: sessions that are known and open, handed to callers in the order in which they ask, without a table. With
 * a session for each caller nobody ever waits.
 */
export async function bareContender(world: World, name: string, sessions: number): Promise<Contender> {
  const tenant = await world.newTenant();
  const free: string[] = [];
  const waiting: ((session: string) => void)[] = [];
  const take = () => {
    const session = free.pop();
    return session === undefined ? new Promise<string>((resolve) => waiting.push(resolve)) : session;
  };
  const giveBack = (session: string) => {
    const next = waiting.shift();
    if (next === undefined) {
      free.push(session);
    } else {
      next(session);
    }
  };
  return {
    name,
    tenant,
    cap: sessions,
    isTrusted: true,
    async open() {
      const place = { ClusterIdentifier: 'local', Database: 'dev', DbUser: userOf(tenant) };
      const opening = { ...place, SessionKeepAliveSeconds: KEEP_ALIVE_SECONDS };
      const opened = await Promise.all(
        Array.from({ length: sessions }, () => runStatement(world.redshift, newQuestion(), opening)),
      );
      free.push(...opened.map(({ sessionId }) => sessionId ?? ''));
    },
    async query(_caller, question) {
      const session = await take();
      try {
        return (await runStatement(world.redshift, question, { SessionId: session })).rows;
      } finally {
        giveBack(session);
      }
    },
  };
}
