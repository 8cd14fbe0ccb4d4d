import { postgresFixture } from './engines/postgres-fixture.ts';
import { describePipeline } from './pipeline-contract.ts';

// Its binaries are of another version on some machines: the server itself names the suite.
describePipeline(await postgresFixture(14));
