import type { Subscription } from '../../doctor/deployment/judge-subscriptions.ts';

/**
 * The filter policy among a subscription's attributes. One on the message's body is not read: notices are text, so what
 * it does with them is not told by their attributes.
 */
export function readFilterPolicy(attributes: Readonly<Record<string, string>>): Subscription['filter'] {
  const text = attributes['FilterPolicy'];
  if (text === undefined || text === '') {
    return null;
  }
  if (attributes['FilterPolicyScope'] === 'MessageBody') {
    return 'unreadable';
  }
  try {
    const policy: unknown = JSON.parse(text);
    return typeof policy === 'object' && policy !== null && !Array.isArray(policy)
      ? Object.fromEntries(Object.entries(policy))
      : 'unreadable';
  } catch {
    return 'unreadable'; // Whatever it is, SNS filters by it.
  }
}
