import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { BENCHMARKS } from './benchmarks.ts';
import { describeMachine } from './harness/machine.ts';
import { replacePart } from './harness/page.ts';
import type { Report } from './harness/report.ts';
import { toMarkdown } from './harness/to-markdown.ts';

const NAMES = Object.keys(BENCHMARKS);
const USAGE = `npm run bench -- [NAME ...]     measures all, or those that are named: ${NAMES.join(', ')}
npm run bench -- --short        small sizes: whether it works and whether the counts hold, not how fast it is
npm run bench -- --json         prints the reports as JSON
npm run bench -- --write        also puts the figures into benchmarks/README.md`;
const PAGE = new URL('README.md', import.meta.url);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const unknown = positionals.filter((name) => !NAMES.includes(name));
if (values.help) {
  process.stdout.write(`${USAGE}\n`);
} else if (unknown.length > 0 || (values.write && values.short)) {
  const wrong =
    unknown.length > 0 ? `names of ${NAMES.join(', ')}, got ${unknown.join(', ')}` : '--write without --short';
  process.stderr.write(`Expected ${wrong}.\n\n${USAGE}\n`);
  process.exitCode = 2;
} else {
  await measure(positionals.length === 0 ? NAMES : positionals);
}

async function measure(names: readonly string[]): Promise<void> {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const reports: Record<string, Report> = {};
  for (const name of names) {
    const benchmark = await BENCHMARKS[name]?.();
    if (benchmark === undefined) {
      continue;
    }
    say(`\n${name}: ${benchmark.about}`);
    const report = await benchmark.run({ short: values.short, say });
    reports[name] = report;
    if (!values.json) {
      process.stdout.write(`\n${toMarkdown(report)}\n`);
    }
    if (values.write) {
      writeFileSync(PAGE, replacePart(readFileSync(PAGE, 'utf8'), name, `${measuredOn()}\n\n${toMarkdown(report)}`));
    }
  }
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ machine: describeMachine(), short: values.short, reports })}\n`);
  }
  const broken = Object.values(reports).flatMap(({ budgets }) =>
    budgets.filter(({ kind, holds }) => kind === 'count' && !holds),
  );
  for (const { what, limit, measured } of broken) {
    say(`Expected ${what} to be ${limit}, got ${measured}.`);
  }
  process.exitCode = broken.length === 0 ? 0 : 1;
}

function measuredOn(): string {
  return `Measured ${new Date().toISOString().slice(0, 10)} on ${describeMachine()}.`;
}
