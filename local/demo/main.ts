import { runDemo } from './run-demo.ts';
import { createTimeline } from './timeline.ts';

const json = process.argv.includes('--json');
// With --json the story goes to stderr, so that stdout holds the JSON line alone at its end.
const timeline = createTimeline((text) => (json ? process.stderr : process.stdout).write(text), Date.now);

const report = await runDemo(timeline);
if (json) {
  process.stdout.write(`${JSON.stringify(report)}\n`);
} else {
  const { slots, pool } = report;
  timeline.plain(`
REPORT  ${report.runs} runs, at most ${report.transitionsPerRun} transitions and ${report.dataApiCallsPerRun} Data API calls each
        warned ${report.warned} · terminated ${report.terminated}, of them seen gone ${report.gone} · recovered ${report.recovered} · kept by the last run ${report.kept}
        slots taken: ${slots.before} of ${slots.limit} before, ${slots.after} after
        tenants: ${pool.queries} queries, ${pool.hits} of them (${Math.floor((pool.hits / pool.queries) * 100)}%) on a session that was open, ${pool.sessions} sessions

Next: npm run slotkeeper -- local     keeps such a cloud running; README.md shows what to try on it.`);
}
