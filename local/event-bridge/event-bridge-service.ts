import { AwsError } from '../http/aws-error.ts';
import type { AwsService } from '../http/aws-service.ts';
import { jsonService } from '../http/json-service.ts';
import type { EventBus } from './event-bus.ts';
import { readRuleInput, readRuleTargets, ruleNameOf } from './read-rule-input.ts';
import type { Rule } from './rule-store.ts';

type Input = Readonly<Record<string, unknown>>;

/** EventBridge over AWS JSON 1.1: events, rules, schedules and targets of the bus `default`. */
export function eventBridgeService(bus: EventBus): AwsService {
  const { rules } = bus;
  return jsonService({
    name: 'events',
    targetPrefix: 'AWSEvents',
    operations: {
      PutEvents: (input) => putEvents(bus, input),
      PutRule: (input) => {
        const rule = rules.put(readRuleInput(input));
        bus.refresh(rule);
        return { RuleArn: rule.arn };
      },
      EnableRule: (input) => bus.refresh(rules.setState(ruleNameOf(input, 'Name'), 'ENABLED')),
      DisableRule: (input) => bus.refresh(rules.setState(ruleNameOf(input, 'Name'), 'DISABLED')),
      DeleteRule: (input) => bus.delete(ruleNameOf(input, 'Name')),
      DescribeRule: (input) => describe(rules.get(ruleNameOf(input, 'Name'))),
      ListRules: (input) => {
        const prefix = typeof input['NamePrefix'] === 'string' ? input['NamePrefix'] : '';
        return { Rules: rules.all.filter((rule) => rule.name.startsWith(prefix)).map(describe) };
      },
      PutTargets: (input) => {
        rules.putTargets(ruleNameOf(input, 'Rule'), readRuleTargets(input));
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
      ListTargetsByRule: (input) => ({ Targets: [...rules.get(ruleNameOf(input, 'Rule')).targets.values()] }),
      RemoveTargets: (input) => {
        rules.removeTargets(ruleNameOf(input, 'Rule'), readIds(input));
        return { FailedEntryCount: 0, FailedEntries: [] };
      },
    },
  });
}

function putEvents(bus: EventBus, input: Input) {
  const entries = bus.put(input).map((entry) => ('event' in entry ? { EventId: entry.event.id } : entry));
  return { FailedEntryCount: entries.filter((entry) => 'ErrorCode' in entry).length, Entries: entries };
}

function describe(rule: Rule) {
  return {
    Name: rule.name,
    Arn: rule.arn,
    State: rule.state,
    EventBusName: 'default',
    ...(rule.description === null ? {} : { Description: rule.description }),
    ...(rule.scheduleExpression === null ? {} : { ScheduleExpression: rule.scheduleExpression }),
    ...(rule.eventPattern === null ? {} : { EventPattern: rule.eventPattern }),
  };
}

function readIds(input: Input): string[] {
  const ids = input['Ids'];
  if (!Array.isArray(ids) || ids.length === 0 || !ids.every((id) => typeof id === 'string')) {
    throw new AwsError('ValidationException', "Expected the member 'Ids': the ids of at least one target.");
  }
  return ids;
}
