import { formatFacts } from '../format-facts.ts';
import type { LocalDocument } from '../json/local-document.ts';

/** What `slotkeeper local` says once everything is ready: where it is, what to paste elsewhere, what to try. */
export function renderLocal(cloud: LocalDocument, configPath: string): string {
  const indent = (line: string) => `  ${line}`;
  return [
    "Slotkeeper's embedded cloud is ready. Ctrl-C ends it and everything it started.",
    '',
    ...formatFacts([
      ['AWS endpoint', cloud.endpoint],
      [
        'Redshift',
        `cluster ${cloud.clusterIdentifier} and workgroup ${cloud.workgroupName}, database ${cloud.database} (a real PostgreSQL)`,
      ],
      ['configuration', configPath],
      ['session table', cloud.table],
      ['owners topic', cloud.topicArn],
      ...cloud.faults.map((fault) => ['fault', fault] as const),
      ...Object.entries(cloud.stateMachines).map(([, arn]) => ['state machine', arn] as const),
    ]).map(indent),
    '',
    'In another terminal, for slotkeeper, the AWS CLI or any SDK:',
    '',
    indent(`export AWS_ENDPOINT_URL=${cloud.endpoint} AWS_REGION=${cloud.region}`),
    indent('export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local'),
    '',
    'Then, for example:',
    '',
    ...formatFacts([
      [`psql ${cloud.postgres}`, '# open a session, and leave it idle'],
      ['npm run slotkeeper -- backends', '# who holds slots now, and what a run would do'],
      ['npm run slotkeeper -- run --dry-run', '# the plan, acting on nothing'],
      ['npm run slotkeeper -- run --wait', '# warn and end what is due'],
      ['npm run slotkeeper -- history', '# what was done'],
    ]).map(indent),
  ].join('\n');
}
