import { closest } from 'fastest-levenshtein';
import { fileSchema } from '../../config/file-schema.ts';
import { readConfigText } from '../../config/load-config.ts';
import { toTarget } from '../../config/parse-config.ts';
import { type PolicyFile, parsePolicies } from '../../config/parse-policies.ts';
import type { SlotkeeperConfig } from '../../config/slotkeeper-config.ts';
import type { PostgresTarget } from '../../config/target-config.ts';
import { targetSchema } from '../../config/target-schema.ts';
import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';
import { DEFAULT_POLICY } from '../../laptop/default-policy.ts';
import type { Rule } from '../../policy/rule.ts';
import type { Slots } from '../../policy/slots.ts';
import type { DatabaseUrl } from './parse-database-url.ts';

/** What the command line says about how to judge. */
export interface PolicyOptions {
  /** File with policies; undefined: the built-in one. */
  readonly policy?: string;
  /** Which policy of the file. */
  readonly policyName?: string;
  /** The target of the file whose caps, slots to keep free and other settings are to hold. */
  readonly like?: string;
  /** Caps that hold instead of those that follow from `like`. */
  readonly maxTerminations?: number;
  readonly maxShare?: number;
}

/** The configuration of a run by URL: one target, made of the URL. */
export interface UrlConfig {
  readonly config: SlotkeeperConfig;
  readonly target: PostgresTarget;
  /** Which policy holds, e.g. `built-in` or `everyday of ./slotkeeper.yml`. */
  readonly policy: string;
}

/** What stands where the file of a deployment would name its target; only what the URL does not say is used of it. */
const STAND_IN = {
  engine: 'postgres',
  host: 'localhost',
  database: '-',
  user: '-',
  auth: { kind: 'iam' },
  policy: '-',
};

/**
 * Makes the configuration for the server that a URL names.
 *
 * @param slots what the server says of its slots
 * @param operator who is told when no owner is named
 * @throws InvalidConfig, or SlotkeeperError named UsageError for a policy or a target that the file does not have
 */
export function makeUrlConfig(
  url: DatabaseUrl,
  options: PolicyOptions,
  slots: Pick<Slots, 'limit' | 'reserved'>,
  operator: string,
): UrlConfig {
  const source = options.policy ?? 'the built-in policy';
  const file = parsePolicies(options.policy === undefined ? DEFAULT_POLICY : readConfigText(options.policy), source);
  const template = options.like === undefined ? null : findTemplate(file, source, options.like);
  const policyName = options.policyName ?? template?.policy ?? onlyPolicy(file, source);
  const rules = findPolicy(file, source, policyName);
  const settings = toTarget('', template ?? targetSchema.parse({ ...STAND_IN, slots: { limit: 1 } }), {});
  const { schedule, enabled, caps, pressure, sanity, thrash } = settings;
  const target: PostgresTarget = {
    engine: 'postgres',
    name: `${url.host.includes(':') ? `[${url.host}]` : url.host}:${url.port}/${url.database}`,
    host: url.host,
    port: url.port,
    database: url.database,
    user: url.user,
    auth: { kind: 'url-password' },
    tls: url.tls,
    vpc: null,
    pool: null,
    slots: { ...slots, keepFree: Math.min(settings.slots.keepFree, Math.max(0, slots.limit - slots.reserved - 1)) },
    schedule,
    enabled,
    caps: {
      maxTerminations: options.maxTerminations ?? caps.maxTerminations,
      maxShare: options.maxShare ?? caps.maxShare,
    },
    pressure,
    sanity,
    thrash,
    rules,
  };
  return {
    config: {
      targets: { [target.name]: target },
      notices: file.notices ?? fileSchema.shape.notices.parse({ defaultOwner: operator }),
      runs: file.runs,
    },
    target,
    policy: options.policy === undefined ? 'built-in' : `${policyName} of ${options.policy}`,
  };
}

function findTemplate(file: PolicyFile, source: string, name: string) {
  const targets = file.targets ?? {};
  const found = Object.hasOwn(targets, name) ? targets[name] : undefined;
  if (found === undefined) {
    throw unknown('--like', 'target', name, Object.keys(targets), source);
  }
  return found;
}

function findPolicy({ policies }: PolicyFile, source: string, name: string): readonly Rule[] {
  const rules = Object.hasOwn(policies, name) ? policies[name] : undefined;
  if (rules === undefined) {
    throw unknown('--policy-name', 'policy', name, Object.keys(policies), source);
  }
  return rules;
}

function onlyPolicy({ policies }: PolicyFile, source: string): string {
  const [only, ...more] = Object.keys(policies);
  if (only === undefined || more.length > 0) {
    const names = Object.keys(policies).join(', ');
    throw new SlotkeeperError(
      'UsageError',
      only === undefined
        ? `Expected a policy in ${source}, which has none.`
        : `${source} has ${more.length + 1} policies: ${names}. Pass --policy-name with one of them.`,
    );
  }
  return only;
}

function unknown(option: string, what: string, name: string, names: readonly string[], source: string) {
  return new SlotkeeperError(
    'UsageError',
    names.length === 0
      ? `Expected ${option} to name a ${what} of ${source}, which has none; got "${name}".`
      : `Expected ${option} to be one of ${source}: ${names.join(', ')}; got "${name}". Did you mean ${closest(name, names)}?`,
  );
}
