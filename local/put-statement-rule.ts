import { arnOf, type cloudNames } from './cloud-names.ts';
import type { EventBus } from './event-bridge/event-bus.ts';
import type { LambdaFunction } from './lambda/function-catalog.ts';

/** Key of the function that takes the event of a pool's statement that has ended. */
const FUNCTION_KEY = 'releaseSession';

/** The same events that the rule in serverless.yml catches. */
const PATTERN = {
  source: ['aws.redshift-data'],
  'detail-type': ['Redshift Data Statement Status Change'],
  detail: { statementName: [{ prefix: 'slotkeeper/' }] },
};

/** Puts the rule that brings ended statements of the session pool to their function; none without that function. */
export function putStatementRule(
  bus: EventBus,
  names: ReturnType<typeof cloudNames>,
  functions: readonly LambdaFunction[],
): void {
  const target = functions.find(({ key }) => key === FUNCTION_KEY);
  if (target === undefined) {
    return;
  }
  bus.rules.put({
    name: names.statementRule,
    description: 'Gives the session of an ended statement back to the pool.',
    eventPattern: JSON.stringify(PATTERN),
  });
  bus.refresh(
    bus.rules.putTargets(names.statementRule, [{ Id: 'release', Arn: arnOf('lambda', `function:${target.name}`) }]),
  );
}
