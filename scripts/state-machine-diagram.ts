import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AslMachine } from './mermaid-of-asl.ts';
import { stateMachinePage } from './state-machine-page.ts';
import { STATE_MACHINE_PAGES } from './state-machine-pages.ts';

// Prints the pages about the state machines as they should be; with --write, writes them.
for (const { page, file, title } of STATE_MACHINE_PAGES) {
  const definition = readFileSync(new URL(`../state-machines/${file}`, import.meta.url), 'utf8');
  const text = stateMachinePage(JSON.parse(definition) as AslMachine, { title, file });
  if (process.argv.includes('--write')) {
    const path = new URL(`../${page}`, import.meta.url);
    writeFileSync(path, text);
    process.stdout.write(`Wrote ${fileURLToPath(path)}.\n`);
  } else {
    process.stdout.write(text);
  }
}
