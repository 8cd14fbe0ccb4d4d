import * as z from 'zod';
import { DIMENSIONS } from '../../leaks/client-group.ts';
import { count, moment } from './session-json.ts';
import { thrashingJson } from './thrashing-json.ts';

const halves = z.strictObject({ before: z.number().min(0).nullable(), after: z.number().min(0).nullable() });

const sessionCounts = {
  sessions: count.meta({ description: 'Of the window: openBefore + opened, and closed + open.' }),
  openBefore: count.meta({ description: 'Begun before the window.' }),
  opened: count,
  closed: count,
  open: count,
  peak: count.meta({ description: 'The most at one moment.' }),
  observedSeconds: count.meta({ description: 'For how long looks and warnings knew them, all together.' }),
  wastedSeconds: count.meta({ description: 'Of that, certainly idle: slots × seconds, at least.' }),
  killed: count.meta({ description: 'Ended by Slotkeeper and seen to be gone.' }),
  reconnected: count.meta({ description: 'Of those, whose client was back within a minute.' }),
};

const name = z.string().nullable().meta({ description: 'null: not put together by this; empty: not told.' });

/** What `slotkeeper leaks --json` prints. */
export const leaksDocument = z
  .strictObject({
    schema: z.literal('slotkeeper.leaks/1'),
    stage: z.string(),
    target: z.string(),
    since: moment,
    until: moment,
    by: z.array(z.enum(DIMENSIONS)),
    looks: count.meta({ description: 'Looks of recorded runs in the window, and that of now.' }),
    truncated: z
      .boolean()
      .meta({ description: 'The server remembers more sessions than are read; the oldest are missing.' }),
    history: z.enum(['server', 'looks']).meta({
      description:
        'Who remembers ended sessions: the server, or only what recorded runs saw (PostgreSQL); sessions that came and went between two looks are missing then, and since is the first look.',
    }),
    total: z.strictObject(sessionCounts),
    thrashing: z
      .array(thrashingJson)
      .meta({ description: 'Clients that are held because they come back at once, or were in the window.' }),
    runs: z
      .array(
        z.strictObject({
          run: z.string(),
          at: moment,
          dryRun: z.boolean(),
          backends: count,
          kept: count,
          warn: count,
          kill: count,
          gone: count,
          free: count.meta({ description: 'Slots that an ordinary user could get when it looked.' }),
        }),
      )
      .meta({ description: 'The runs of the window that came to a plan, newest first; warn and kill as planned.' }),
    runTrend: z
      .strictObject({ backends: halves, free: halves })
      .meta({ description: 'On average over the runs of the older and of the newer half; null: none.' }),
    clients: count,
    leaks: z
      .array(
        z.strictObject({
          user: name,
          application: name,
          host: name,
          driver: name,
          ...sessionCounts,
          idleShare: z
            .number()
            .min(0)
            .max(1)
            .nullable()
            .meta({ description: 'wastedSeconds / observedSeconds; null: nothing saw one.' }),
          trend: z
            .strictObject({
              direction: z.enum(['growing', 'steady', 'shrinking', 'unknown']),
              before: z.number().min(0),
              after: z.number().min(0),
            })
            .meta({
              description: 'Sessions open, on average over time, in the older and the newer half of the window.',
            }),
          client: z.string().nullable().meta({ description: 'What its program probably is; null: not known.' }),
          advice: z.array(
            z.strictObject({
              at: z.enum(['client', 'server']),
              setting: z.string(),
              why: z.string(),
              source: z.string(),
            }),
          ),
        }),
      )
      .meta({ description: 'Clients by slots wasted, the most first; no more than --limit.' }),
  })
  .meta({ title: 'slotkeeper leaks --json' });

export type LeaksDocument = z.infer<typeof leaksDocument>;
