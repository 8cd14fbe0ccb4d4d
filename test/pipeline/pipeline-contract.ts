import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { describeCost } from './contract/cost.ts';
import { describeHostileNames } from './contract/hostile-names.ts';
import { describeMainJob } from './contract/main-job.ts';
import { describeOddRuns } from './contract/odd-runs.ts';
import { describeOutcomes } from './contract/outcomes.ts';
import { describeRefusedRuns } from './contract/refused-runs.ts';
import { describeSaturation } from './contract/saturation.ts';
import { describeSnoozes } from './contract/snoozes.ts';
import { describeStartsAndDryRuns } from './contract/starts-and-dry-runs.ts';
import type { EngineFixture } from './engines/engine-fixture.ts';
import { MINUTE, type Pipeline } from './pipeline.ts';
import { startContractPipeline } from './start-contract-pipeline.ts';

/**
 * The suite of whole runs that every engine passes: deployed state machine, functions, table and messages of the embedded
 * cloud, real sessions on a real server, virtual time. Where an engine cannot do what others do, its fixture says so.
 *
 * @returns the pipeline, for tests of the engine's own in the same file
 */
export function describePipeline(engine: EngineFixture): () => Pipeline {
  let pipeline: Pipeline | undefined;
  const pipelineOf = () => {
    if (pipeline === undefined) {
      throw new Error(`Expected the pipeline of ${engine.name} to have started.`);
    }
    return pipeline;
  };

  beforeAll(async () => {
    pipeline = await startContractPipeline(engine);
  });
  afterEach(async () => {
    await pipeline?.closeSessions();
    // By then the next run has its share of the Data API's rates again, however many targets there are.
    await pipeline?.clock.advance(MINUTE);
  });
  afterAll(async () => {
    await pipeline?.stop();
  });

  describe(engine.name, () => {
    // Runs of other targets may leave sessions behind that are kept for them; so those come last.
    describeMainJob(pipelineOf);
    describeStartsAndDryRuns(pipelineOf);
    describeSnoozes(pipelineOf);
    describeHostileNames(pipelineOf);
    describeOddRuns(pipelineOf);
    describeCost(pipelineOf);
    describeSaturation(pipelineOf, engine);
    describeOutcomes(pipelineOf);
    describeRefusedRuns(pipelineOf);
  });
  return pipelineOf;
}
