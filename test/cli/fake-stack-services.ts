import type { ScheduleRule, StackServices } from '../../src/cli/deployment/stack-services.ts';

/** Rules and topics in memory. */
export function fakeStackServices() {
  const rules = new Map<string, ScheduleRule>();
  const subscriptions = new Map<string, { confirmed: number; pending: number }>();
  const services: StackServices = {
    readRule: async (name) => rules.get(name) ?? null,
    switchRule: async (name, enabled) => {
      const rule = rules.get(name);
      if (rule === undefined) {
        throw new Error(`No rule ${name}.`);
      }
      rules.set(name, { ...rule, enabled });
    },
    subscriptionsOf: async (topicArn) => {
      const { confirmed, pending } = subscriptions.get(topicArn) ?? { confirmed: 0, pending: 0 };
      const everything = { policy: undefined, scope: undefined };
      return { confirmed: Array.from({ length: confirmed }, () => everything), unseen: 0, pending };
    },
  };
  return { ...services, rules, subscriptions };
}
