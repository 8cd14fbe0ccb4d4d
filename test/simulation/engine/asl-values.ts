export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type Dict = { readonly [name: string]: Json };

/** The value at a path (`$.a.b[0]`), or of the context object (`$.…`); undefined: there is none. */
export function resolve(path: string, data: Json, context: Dict): Json | undefined {
  const [root, from] = path.startsWith('$$') ? [context as Json, path.slice(2)] : [data, path.slice(1)];
  const steps = from.match(/[^.[\]]+/g) ?? [];
  return steps.reduce<Json | undefined>(
    (at, step) =>
      typeof at === 'object' && at !== null ? (at as { [name: string]: Json | undefined })[step] : undefined,
    root,
  );
}

/** Makes an input from its template. Members whose name ends in `.$` are paths or intrinsic functions. */
export function fill(template: Json, data: Json, context: Dict): Json {
  if (typeof template !== 'object' || template === null || Array.isArray(template)) {
    return template;
  }
  return Object.fromEntries(
    Object.entries(template).map(([name, value]) =>
      name.endsWith('.$')
        ? [name.slice(0, -2), evaluate(String(value), data, context)]
        : [name, fill(value, data, context)],
    ),
  );
}

function evaluate(expression: string, data: Json, context: Dict): Json {
  const call = /^States\.(MathAdd|ArrayGetItem)\(([^,]+), (.+)\)$/.exec(expression);
  if (call !== null) {
    const [first, second] = [evaluate(call[2] ?? '', data, context), evaluate(call[3] ?? '', data, context)];
    const made = call[1] === 'MathAdd' ? Number(first) + Number(second) : (first as readonly Json[])[Number(second)];
    return made ?? null;
  }
  if (/^-?\d+$/.test(expression)) {
    return Number(expression);
  }
  const value = expression.startsWith('$') ? resolve(expression, data, context) : undefined;
  if (value === undefined) {
    throw Object.assign(new Error(`Expected ${expression} to be there.`), { name: 'States.ParameterPathFailure' });
  }
  return value;
}

/** The data with the result put at its `ResultPath`; absent: it replaces all, null: it is dropped. */
export function place(data: Json, path: unknown, result: Json): Json {
  if (path === undefined) {
    return result;
  }
  if (path === null) {
    return data;
  }
  const steps = String(path).match(/[^.$]+/g) ?? [];
  const put = (at: Json | undefined, [step, ...rest]: readonly string[]): Json =>
    step === undefined
      ? result
      : { ...((at ?? {}) as Dict), [step]: put(((at ?? {}) as { [name: string]: Json | undefined })[step], rest) };
  return put(data, steps);
}

/** Whether a Choice rule holds. */
export function isMet(rule: { readonly [member: string]: Json }, data: Json): boolean {
  if (Array.isArray(rule['Or'])) {
    return rule['Or'].some((one) => isMet(one as Dict, data));
  }
  if (Array.isArray(rule['And'])) {
    return rule['And'].every((one) => isMet(one as Dict, data));
  }
  const value = resolve(String(rule['Variable']), data, {});
  const [operator = '', operand] =
    Object.entries(rule).find(([name]) => name !== 'Variable' && name !== 'Next' && name !== 'Comment') ?? [];
  switch (operator) {
    case 'IsPresent':
      return (value !== undefined) === operand;
    case 'IsNumeric':
      return (typeof value === 'number') === operand;
    case 'StringEquals':
    case 'BooleanEquals':
      return value === operand;
    case 'NumericGreaterThan':
      return Number(value) > Number(operand);
    case 'NumericLessThanEquals':
      return Number(value) <= Number(operand);
    case 'NumericGreaterThanEqualsPath':
      return Number(value) >= Number(resolve(String(operand), data, {}));
    default:
      throw new Error(`Expected a known comparison, got ${operator}.`);
  }
}
