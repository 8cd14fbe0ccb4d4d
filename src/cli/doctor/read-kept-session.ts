import { ListSessionsCommand } from '@aws-sdk/client-redshift-data';
import type { DataApiTarget } from '../../config/target-config.ts';
import type { KeptSessionFacts } from '../../doctor/deployment/judge-kept-session.ts';
import type { SessionTable } from '../../session-table/session-table.ts';
import { signInOf } from '../../session-table/sign-in-of.ts';
import type { DoctorClients } from './doctor-clients.ts';

/**
 * What is known of the session that the reaper keeps; null: it keeps none. The service shows a session only to the
 * identity that opened it (AWS page data-api-access), which is mostly not the one at the keyboard.
 */
export async function readKeptSession(
  { redshiftData }: DoctorClients,
  table: SessionTable,
  target: DataApiTarget,
  now: Date,
): Promise<KeptSessionFacts | null> {
  const kept = await table.readReaperSession(target.name);
  if (kept === null) {
    return null;
  }
  return {
    ageSeconds: Math.max(0, (now.getTime() - Date.parse(kept.createdAt)) / 1000),
    asConfigured: kept.signIn === signInOf(target),
    status: await statusOf(redshiftData, kept.sessionId),
  };
}

async function statusOf(client: DoctorClients['redshiftData'], sessionId: string): Promise<KeptSessionFacts['status']> {
  try {
    const { Sessions } = await client.send(new ListSessionsCommand({ SessionId: sessionId }));
    const status = Sessions?.[0]?.Status;
    return status === 'AVAILABLE' || status === 'BUSY' || status === 'CLOSED' ? status : 'not-ours';
  } catch (error) {
    // Also of one that is long gone, but the functions forget those themselves.
    if (error instanceof Error && ['ResourceNotFoundException', 'AccessDeniedException'].includes(error.name)) {
      return 'not-ours';
    }
    throw error;
  }
}
