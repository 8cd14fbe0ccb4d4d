import { createRecordPostgresOutcomes, recordPostgresOutcomesInput } from '../src/reaper/record-postgres-outcomes.ts';
import { stepHandler } from '../src/runtime/step-handler.ts';
import { withPostgres } from '../src/runtime/with-postgres.ts';

/** State `RecordPostgresOutcomes`: looks again, and records what became of each backend that was to be ended. */
export const handler = stepHandler('RecordPostgresOutcomes', recordPostgresOutcomesInput, (ports) =>
  createRecordPostgresOutcomes(withPostgres(ports)),
);
