import type { z } from 'zod';
import { IDLE_ACTIVITIES, type IdleActivity } from '../../backends/activity.ts';
import { formatDuration } from '../../notices/format-duration.ts';
import { coversEntry, OWNER_CRITERIA } from '../../policy/owner-entry.ts';
import type { fileSchema } from '../file-schema.ts';
import type { Finding } from './finding.ts';
import { reviewRules } from './review-rules.ts';
import { reviewTarget } from './review-target.ts';
import { RUN_TIMEOUT_SECONDS } from './run-limits.ts';

type File = z.infer<typeof fileSchema>;

/** Looks at a file that can be used for what its writer can hardly have meant. */
export function reviewConfig(file: File): Finding[] {
  return [
    ...Object.entries(file.targets).flatMap(([name, target]) => reviewTarget(name, target, file)),
    ...Object.entries(file.policies).flatMap(([name, rules]) => reviewRules(name, rules, activitiesOf(name, file))),
    ...findUnusedPolicies(file),
    ...findCoveredOwners(file),
    ...findOpenTags(file),
    ...reviewRuns(file.runs),
  ];
}

/** What the engines of the targets that name a policy can tell: only PostgreSQL knows an aborted transaction. */
function activitiesOf(policy: string, { targets }: File): readonly IdleActivity[] {
  const named = Object.values(targets).filter((target) => target.policy === policy);
  const onlyRedshift = named.length > 0 && named.every(({ engine }) => engine === 'redshift');
  return onlyRedshift
    ? IDLE_ACTIVITIES.filter((activity) => activity !== 'idle-in-transaction-aborted')
    : IDLE_ACTIVITIES;
}

function findUnusedPolicies({ targets, policies }: File): Finding[] {
  const used = new Set(Object.values(targets).map(({ policy }) => policy));
  return Object.keys(policies)
    .filter((name) => !used.has(name))
    .map((name) => ({
      severity: 'warning',
      code: 'policy-unused',
      path: ['policies', name],
      expected: 'a policy that some target names',
      advice: 'Let a target name it, or leave it out.',
    }));
}

function findCoveredOwners({ notices: { owners } }: File): Finding[] {
  return owners.flatMap((entry, index) => {
    const first = owners.findIndex((earlier, at) => at < index && coversEntry(earlier, entry));
    const earlier = owners[first];
    if (earlier === undefined) {
      return [];
    }
    const [key] = OWNER_CRITERIA.filter((criterion) => entry[criterion] !== undefined);
    const told = OWNER_CRITERIA.flatMap((criterion) => earlier[criterion] ?? []).join(', ');
    return [
      {
        severity: 'error',
        code: 'owner-never-reached',
        path: ['notices', 'owners', index, key ?? 'owner'],
        expected: `an entry that is not covered by '${told}' before it`,
        advice: `Put it before '${told}': the first entry that a session fits names the owner.`,
      },
    ];
  });
}

/** Whoever connects could have any name told, or nobody. */
function findOpenTags({ notices: { ownerTag } }: File): Finding[] {
  return (ownerTag ?? [])
    .filter((pattern) => /^\*+$/.test(pattern))
    .map(() => ({
      severity: 'warning',
      code: 'owner-tag-open',
      path: ['notices', 'ownerTag'],
      expected: 'a pattern that only owners of yours fit, such as *@example.com',
      advice: 'Narrow it: any client can write any owner into its application_name.',
    }));
}

function reviewRuns({ lockFor, pollWaits }: File['runs']): Finding[] {
  const findings: Finding[] = [];
  if (lockFor <= RUN_TIMEOUT_SECONDS) {
    findings.push({
      severity: 'error',
      code: 'lock-too-short',
      path: ['runs', 'lockFor'],
      expected: `longer than an execution may take (${formatDuration(RUN_TIMEOUT_SECONDS)}, TimeoutSeconds of the state machine)`,
      advice: 'Lengthen it: a run that outlives its lock does not finish, because another one may have begun.',
    });
  }
  const polling = pollWaits.reduce((sum, wait) => sum + wait, 0);
  if (polling >= RUN_TIMEOUT_SECONDS) {
    findings.push({
      severity: 'error',
      code: 'polling-too-long',
      path: ['runs', 'pollWaits'],
      expected: `waits that add up to less than an execution may take (${formatDuration(RUN_TIMEOUT_SECONDS)}), here they are ${formatDuration(polling)}`,
      advice: 'Shorten them: a run that waits for one statement for that long is ended before it can cancel it.',
    });
  }
  return findings;
}
