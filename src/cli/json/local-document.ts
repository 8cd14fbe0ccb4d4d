import * as z from 'zod';

/** The first line of `slotkeeper local --json`, printed once everything is ready. */
export const localDocument = z
  .strictObject({
    endpoint: z.url().meta({ description: 'AWS_ENDPOINT_URL.' }),
    postgres: z.string().meta({ description: 'PostgreSQL URL, e.g. postgres://awsuser@127.0.0.1:5439/dev.' }),
    region: z.string(),
    accountId: z.string(),
    clusterIdentifier: z.string(),
    workgroupName: z.string().meta({ description: 'The Serverless workgroup that the same server plays.' }),
    database: z.string(),
    stateMachines: z.record(z.string(), z.string()).meta({ description: 'ARN by name.' }),
    table: z.string(),
    topicArn: z.string(),
    faults: z.array(z.string()).meta({ description: 'What is switched on by --faults, each in a line.' }),
  })
  .meta({ title: 'slotkeeper local --json' });

export type LocalDocument = z.infer<typeof localDocument>;
