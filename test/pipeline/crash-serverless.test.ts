import { describeCrashes } from './contract/crashes.ts';
import { redshiftFixture } from './engines/redshift-fixture.ts';

/** States whose statements or rows are a workgroup's own. State machine and functions are those of a cluster. */
const OWN = new Set(['SubmitSessionQuery', 'PlanActions', 'SubmitTermination', 'RecordOutcomes']);

describeCrashes(
  redshiftFixture('redshift-serverless'),
  (disturbance, state) => OWN.has(state) && disturbance !== 'stop',
);
