import { createEndPostgresSessions, endPostgresSessionsInput } from '../src/reaper/end-postgres-sessions.ts';
import { stepHandler } from '../src/runtime/step-handler.ts';
import { withPostgres } from '../src/runtime/with-postgres.ts';

/** State `EndPostgresSessions`: claims the victims, and has the guarded statement signal them. */
export const handler = stepHandler('EndPostgresSessions', endPostgresSessionsInput, (ports) =>
  createEndPostgresSessions(withPostgres(ports)),
);
