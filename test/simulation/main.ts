import { runSeed } from './run-seed.ts';
const [from = 1, n = 20] = process.argv.slice(2).map(Number);
const t0 = Date.now();
let ends = 0, steps = 0, q = 0, pe = 0;
const faults: Record<string, number> = {};
for (let s = from; s < from + n; s += 1) {
  const r = await runSeed(s, true);
  ends += r.ends; pe += r.pooledEnds; steps += r.steps; q += r.tenants.queries;
  for (const [k, v] of Object.entries(r.faults)) faults[k] = (faults[k] ?? 0) + v;
  if (r.violation !== null) {
    console.log(s, r.scenario.clocks, r.violation, r.hash);
    if (n === 1) console.log(r.trace.filter((l)=>!process.argv[4]||new RegExp(process.argv[4]).test(l)).slice(-150).join('\n'));
  } else if (n === 1) console.log(r.tenants, r.hash, r.runs, r.ends);
}
console.log({ ends, pe, steps, q, ms: Date.now() - t0, faults });
