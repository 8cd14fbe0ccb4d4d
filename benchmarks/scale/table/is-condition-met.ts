type Item = Readonly<Record<string, unknown>>;

export interface Condition {
  readonly ConditionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Whether a stored item (null: there is none) lets a write through. It knows as much of DynamoDB's condition expressions
 * as the product uses: `attribute_not_exists(pk)`, `=` and `<=`, joined by AND or by OR.
 *
 * @throws Error for anything else
 */
export function isConditionMet(condition: Condition, stored: Item | null): boolean {
  const {
    ConditionExpression: text,
    ExpressionAttributeNames: names = {},
    ExpressionAttributeValues: values = {},
  } = condition;
  if (text === undefined) {
    return true;
  }
  const holds = (term: string): boolean => {
    if (term === 'attribute_not_exists(pk)') {
      return stored === null;
    }
    const [, path = '', operator, value = ''] = /^(\S+) (=|<=) (:\w+)$/.exec(term) ?? [];
    if (operator === undefined) {
      throw new Error(`Expected a known condition, got ${term}.`);
    }
    const found = path
      .split('.')
      .reduce<unknown>((at, name) => (at as Item | null | undefined)?.[names[name] ?? name], stored);
    const wanted = values[value];
    return operator === '=' ? found === wanted : found !== undefined && String(found) <= String(wanted);
  };
  return text.split(' OR ').some((any) => any.split(' AND ').every(holds));
}
