import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AslMachine } from './mermaid-of-asl.ts';
import { stateMachinePage } from './state-machine-page.ts';

// Prints docs/state-machine.md as it should be; with --write, writes it.
const DEFINITION = new URL('../state-machines/reap-redshift-sessions.asl.json', import.meta.url);
const PAGE = new URL('../docs/state-machine.md', import.meta.url);

const page = stateMachinePage(JSON.parse(readFileSync(DEFINITION, 'utf8')) as AslMachine);
if (process.argv.includes('--write')) {
  writeFileSync(PAGE, page);
  process.stdout.write(`Wrote ${fileURLToPath(PAGE)}.\n`);
} else {
  process.stdout.write(page);
}
