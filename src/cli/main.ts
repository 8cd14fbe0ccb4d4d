#!/usr/bin/env node
import { processIo } from './process-io.ts';
import { runCli } from './run-cli.ts';

// A URL may hold a password, and a command line can be read by everybody on the machine.
if (process.argv.some((word) => word === '--url' || word.startsWith('--url='))) {
  process.title = 'slotkeeper';
}

process.exitCode = await runCli(process.argv.slice(2), processIo());
