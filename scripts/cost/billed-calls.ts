import type { LocalCloud } from '../../local/local-cloud.ts';
import type { MeasuredRun } from './measured-runs.ts';

/** The services' calls that somebody is billed for, by what the price list calls them; the Data API's cost nothing themselves. */
const BILLED = {
  lambda: /^lambda\.Invoke$/,
  writes: /^dynamodb\.(PutItem|DeleteItem|UpdateItem)$/,
  reads: /^dynamodb\.(GetItem|BatchGetItem|Query)$/,
  messages: /^sns\.Publish$/,
  dataApi: /^redshift-data\./,
} as const;

export type BilledCalls = Omit<MeasuredRun, 'transitions'>;

/** Starts to count what is asked of the embedded cloud; what it answers tells what came since. */
export function countBilledCalls({ calls, events }: Pick<LocalCloud, 'calls' | 'events'>): () => BilledCalls {
  const before = calls.all();
  const publishedBefore = events.published;
  return () => {
    const after = Object.entries(calls.all());
    const more = (pattern: RegExp) =>
      after.filter(([name]) => pattern.test(name)).reduce((sum, [name, count]) => sum + count - (before[name] ?? 0), 0);
    return {
      lambda: more(BILLED.lambda),
      writes: more(BILLED.writes),
      reads: more(BILLED.reads),
      messages: more(BILLED.messages),
      events: events.published - publishedBefore,
      dataApi: more(BILLED.dataApi),
    };
  };
}
