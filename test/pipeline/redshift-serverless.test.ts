import { redshiftFixture } from './engines/redshift-fixture.ts';
import { describePipeline } from './pipeline-contract.ts';

describePipeline(redshiftFixture('redshift-serverless'));
