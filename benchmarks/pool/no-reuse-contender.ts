import { type Contender, userOf } from './contender.ts';
import { runStatement } from './run-statement.ts';
import type { World } from './world.ts';

/** ExecuteStatement without a session: a connection per query. */
export async function noReuseContender(world: World, name: string): Promise<Contender> {
  const tenant = await world.newTenant();
  const place = { ClusterIdentifier: 'local', Database: 'dev', DbUser: userOf(tenant) };
  return {
    name,
    tenant,
    cap: null,
    isTrusted: true,
    open: async () => undefined,
    query: async (_caller, question) => (await runStatement(world.redshift, question, place)).rows,
  };
}
