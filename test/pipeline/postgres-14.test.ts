import { postgresFixture } from './engines/postgres-fixture.ts';
import { describePipeline } from './pipeline-contract.ts';

describePipeline('PostgreSQL', () => postgresFixture(14), 1);
