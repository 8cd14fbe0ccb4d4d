import type { ByUrl } from '../cli-runtime.ts';
import { describePolicy } from './describe-policy.ts';
import { quoteForShell } from './quote-for-shell.ts';
import type { UrlConfig } from './url-config.ts';
import type { UrlOptions } from './url-options.ts';

/**
 * What a command by URL says of itself: by which policy and caps it judges, where it remembers, and the options that
 * name the same world again.
 *
 * @param shown the URL without its password
 */
export function describeWorld(
  options: UrlOptions,
  shown: string,
  { target, policy }: UrlConfig,
  dataFolder: string,
): ByUrl {
  const words = [
    ['--url', shown],
    ['--policy', options.policy],
    ['--policy-name', options.policyName],
    ['--like', options.like],
    ['--max-terminations', options.maxTerminations?.toString()],
    ['--max-share', options.maxShare === undefined ? undefined : percent(options.maxShare)],
    ['--data', options.data],
  ];
  const { maxTerminations, maxShare } = target.caps;
  return {
    again: words
      .flatMap(([option, value]) => (value === undefined ? [] : [`${option} ${quoteForShell(value)}`]))
      .join(' '),
    judgedBy: { policy, rules: describePolicy(target.rules), maxTerminations, maxShare, data: dataFolder },
    facts: [
      ['policy', policy],
      ...describePolicy(target.rules).map((line) => ['', line] as const),
      ['caps', `a run ends ${maxTerminations} at most, and ${percent(maxShare)} of all`],
      ['data', dataFolder],
    ],
  };
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}
