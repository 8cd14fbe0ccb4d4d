import * as z from 'zod';
import { fileJsonSchema } from '../../config/file-json-schema.ts';
import { backendsDocument } from './backends-document.ts';
import { doctorDocument } from './doctor-document.ts';
import { errorDocument } from './error-document.ts';
import { explainDocument } from './explain-document.ts';
import { historyDocument } from './history-document.ts';
import { leaksDocument } from './leaks-document.ts';
import { localDocument } from './local-document.ts';
import { outputsDocument } from './outputs-document.ts';
import { poolDocument } from './pool-document.ts';
import { probeDocument } from './probe-document.ts';
import { releaseDocument } from './release-document.ts';
import { replayDocument } from './replay-document.ts';
import { runDocument } from './run-document.ts';
import { runsDocument } from './runs-document.ts';
import { scheduleDocument } from './schedule-document.ts';
import { snapshotDocument } from './snapshot-document.ts';
import { snoozeDocument } from './snooze-document.ts';
import { statusDocument } from './status-document.ts';
import { validateDocument } from './validate-document.ts';

/**
 * The JSON Schema (draft 2020-12) of every document that the command line prints or reads, by the file's name in docs/schemas.
 * A schema's version is in its document's `schema` member; it is raised when a member goes or changes its meaning.
 */
export function jsonSchemas(): Readonly<Record<string, unknown>> {
  return {
    'run.json': z.toJSONSchema(runDocument),
    'runs.json': z.toJSONSchema(runsDocument),
    'backends.json': z.toJSONSchema(backendsDocument),
    'explain.json': z.toJSONSchema(explainDocument),
    'history.json': z.toJSONSchema(historyDocument),
    'status.json': z.toJSONSchema(statusDocument),
    'schedule.json': z.toJSONSchema(scheduleDocument),
    'outputs.json': z.toJSONSchema(outputsDocument),
    'pool.json': z.toJSONSchema(poolDocument),
    'snooze.json': z.toJSONSchema(snoozeDocument),
    'leaks.json': z.toJSONSchema(leaksDocument),
    'doctor.json': z.toJSONSchema(doctorDocument),
    'release.json': z.toJSONSchema(releaseDocument),
    'probe.json': z.toJSONSchema(probeDocument),
    'local.json': z.toJSONSchema(localDocument),
    'snapshot.json': z.toJSONSchema(snapshotDocument),
    'replay.json': z.toJSONSchema(replayDocument),
    'validate.json': z.toJSONSchema(validateDocument),
    'slotkeeper.yml.json': fileJsonSchema(),
    'error.json': z.toJSONSchema(errorDocument),
  };
}
