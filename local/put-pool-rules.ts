import { arnOf, type cloudNames } from './cloud-names.ts';
import type { EventBus } from './event-bridge/event-bus.ts';
import type { LambdaFunction } from './lambda/function-catalog.ts';

/** The same events that the rule in serverless.yml catches. */
const ENDED_STATEMENTS = {
  source: ['aws.redshift-data'],
  'detail-type': ['Redshift Data Statement Status Change'],
  detail: { statementName: [{ prefix: 'slotkeeper/' }] },
};

/**
 * Puts the rules of the session pool, as serverless.yml has them: ended statements go to `releaseSession`, and
 * `sweepPools` looks after what is left. None for a function that is not there.
 *
 * @param scheduled whether the schedule is enabled
 */
export function putPoolRules(
  bus: EventBus,
  names: ReturnType<typeof cloudNames>,
  functions: readonly LambdaFunction[],
  scheduled: boolean,
): void {
  const put = (name: string, functionKey: string, rule: Omit<Parameters<typeof bus.rules.put>[0], 'name'>) => {
    const target = functions.find(({ key }) => key === functionKey);
    if (target !== undefined) {
      bus.rules.put({ name, ...rule });
      bus.refresh(bus.rules.putTargets(name, [{ Id: functionKey, Arn: arnOf('lambda', `function:${target.name}`) }]));
    }
  };
  put(names.statementRule, 'releaseSession', {
    description: 'Gives the session of an ended statement back to the pool.',
    eventPattern: JSON.stringify(ENDED_STATEMENTS),
  });
  put(names.sweepRule, 'sweepPools', {
    description: "Looks after the pool's sessions whose holders died.",
    scheduleExpression: 'rate(5 minutes)',
    state: scheduled ? 'ENABLED' : 'DISABLED',
  });
}
