import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseDuration } from '../src/config/parse-duration.ts';
import { costOf } from './cost/cost-of.ts';
import { countStack } from './cost/count-stack.ts';
import type { MeasuredRuns } from './cost/measured-runs.ts';
import { PRICE_LIST } from './cost/price-list.ts';

// What Slotkeeper itself costs a month: node scripts/cost.ts --targets 3 --rate 10m [--acting 10] [--lambda-ms 500]
// Transitions and calls are those counted on the embedded cloud (scripts/cost/measured.json).
const { values } = parseArgs({
  options: {
    targets: { type: 'string', default: '1' },
    rate: { type: 'string', default: '10m' },
    acting: { type: 'string', default: '10' },
    'lambda-ms': { type: 'string', default: '500' },
  },
});
const interval = parseDuration(values.rate);
const [targets, actingPerDay, lambdaMs] = [values.targets, values.acting, values['lambda-ms']].map(Number);
if (
  interval === null ||
  interval < 60 ||
  interval % 60 !== 0 ||
  !Number.isInteger(targets) ||
  targets === undefined ||
  targets < 1 ||
  actingPerDay === undefined ||
  !(actingPerDay >= 0) ||
  lambdaMs === undefined ||
  !(lambdaMs > 0)
) {
  throw new Error(
    'Expected --targets 1 or more, --rate of whole minutes such as 10m, --acting 0 or more, --lambda-ms.',
  );
}

const measured: MeasuredRuns = JSON.parse(readFileSync(new URL('cost/measured.json', import.meta.url), 'utf8'));
const lines = costOf(measured, countStack(targets, interval / 60), { targets, interval, actingPerDay, lambdaMs });
const dollars = (amount: number) => amount.toFixed(2).padStart(7);
const line = (name: string, quantity: string, amount: number, note: string) =>
  `${name.padEnd(15)} ${quantity.padStart(10)} ${dollars(amount)}  ${note}`.trimEnd();

process.stdout.write(
  [
    `${targets} provisioned ${targets === 1 ? 'cluster' : 'clusters'}, a run every ${values.rate}, of each day's runs ${actingPerDay} warn and ${actingPerDay} end`,
    `assumed: ${lambdaMs} ms per function; dollars of us-east-1 for 30 days, without free tiers`,
    '',
    `${'ITEM'.padEnd(15)} ${'QUANTITY'.padStart(10)} ${'DOLLARS'.padStart(7)}  PRICE, SOURCE`,
    ...lines.map(({ item, quantity, dollars: amount }) => {
      const { dollars: price, per, source } = PRICE_LIST[item];
      return line(item, String(quantity), amount, `$${price} per ${per}, ${source}`);
    }),
    line(
      'total',
      '',
      lines.reduce((sum, { dollars: amount }) => sum + amount, 0),
      '',
    ),
    '',
  ].join('\n'),
);
