import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// Writes the figures of docs/deploy.md from scripts/cost.ts: node scripts/cost-page.ts --write; without it prints the page.
const root = fileURLToPath(new URL('../', import.meta.url));
const EXAMPLE = ['--targets', '3', '--rate', '10m'];
const TARGETS = ['1', '3', '10'];
const RATES = ['5m', '10m', '30m', '60m'];

const cost = (...args: readonly string[]) =>
  execFileSync(process.execPath, ['scripts/cost.ts', ...args], { cwd: root, encoding: 'utf8' }).trimEnd();
const total = (targets: string, rate: string) =>
  /^total +(\S+)$/m.exec(cost('--targets', targets, '--rate', rate))?.[1] ?? '';

const table = [
  `| targets | ${RATES.join(' | ')} |`,
  `| --- | ${RATES.map(() => '---').join(' | ')} |`,
  ...TARGETS.map((targets) => `| ${targets} | ${RATES.map((rate) => total(targets, rate)).join(' | ')} |`),
].join('\n');

let page = readFileSync(`${root}docs/deploy.md`, 'utf8');
replace(/(\$ npm run --silent cost -- [^\n]*\n)[\s\S]*?(\n```)/, cost(...EXAMPLE));
replace(/(targets down, rate across:\n\n)[\s\S]*?(\n\n- Most of it)/, table);
if (process.argv.includes('--write')) {
  writeFileSync(`${root}docs/deploy.md`, page);
} else {
  process.stdout.write(page);
}

/** @throws Error when the page has no such place: it would stay as it is, and look right */
function replace(place: RegExp, text: string): void {
  if (!place.test(page)) {
    throw new Error(`Expected docs/deploy.md to have a place for figures, ${place}, got none.`);
  }
  page = page.replace(place, (_, before, after) => `${before}${text}${after}`);
}
