import { describeCrashes } from './contract/crashes.ts';
import { postgresFixture } from './engines/postgres-fixture.ts';

// The state machine is another one, so each state fails once. The functions of the other states are those of Redshift.
describeCrashes(await postgresFixture(18), (disturbance, state) => disturbance === 'after' || /Postgres/.test(state));
