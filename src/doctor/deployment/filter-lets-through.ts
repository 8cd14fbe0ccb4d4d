/** A filter policy on message attributes: for each name, what its value may be. */
export type FilterPolicy = Readonly<Record<string, unknown>>;

/** Attributes that every digest has, whatever their value is. */
const ALWAYS_THERE = new Set(['target', 'action']);

/**
 * Whether a subscription's filter policy lets a digest with these attributes through (AWS page
 * "sns-subscription-filter-policies"). Only what this can tell for certain is `yes` or `no`; operators that it does not
 * know, and attributes whose value it is not told, are `unclear`.
 */
export function filterLetsThrough(
  policy: FilterPolicy,
  attributes: Readonly<Record<string, string>>,
): 'yes' | 'no' | 'unclear' {
  const answers = Object.entries(policy).map(([name, allowed]) => {
    const value = attributes[name];
    if (value === undefined) {
      return ALWAYS_THERE.has(name) ? 'unclear' : 'no';
    }
    return Array.isArray(allowed) ? oneOf(value, allowed) : 'unclear';
  });
  return answers.includes('no') ? 'no' : answers.includes('unclear') ? 'unclear' : 'yes';
}

function oneOf(value: string, allowed: readonly unknown[]): 'yes' | 'no' | 'unclear' {
  const answers = allowed.map((one) => matches(value, one));
  return answers.includes('yes') ? 'yes' : answers.includes('unclear') ? 'unclear' : 'no';
}

function matches(value: string, allowed: unknown): 'yes' | 'no' | 'unclear' {
  if (typeof allowed === 'string') {
    return allowed === value ? 'yes' : 'no';
  }
  if (typeof allowed === 'object' && allowed !== null) {
    const prefix = 'prefix' in allowed ? allowed.prefix : undefined;
    const suffix = 'suffix' in allowed ? allowed.suffix : undefined;
    if (typeof prefix === 'string') {
      return value.startsWith(prefix) ? 'yes' : 'no';
    }
    if (typeof suffix === 'string') {
      return value.endsWith(suffix) ? 'yes' : 'no';
    }
  }
  return 'unclear';
}
