import { describeCrashes } from './contract/crashes.ts';
import { redshiftFixture } from './engines/redshift-fixture.ts';

describeCrashes(redshiftFixture('redshift'));
