import type { Command } from 'commander';
import { seconds } from './argument-parsers.ts';

/** The options of every command that may write what it saw. */
export function withRecordingOptions(command: Command): Command {
  return command
    .option('--record <dir>', 'write what was seen there, for slotkeeper replay (waits for it)')
    .option('--hash-names', 'hash users, hosts, owners and tenants in it')
    .option('--keep-recordings <duration>', 'delete recordings there that are older, e.g. 30d', seconds);
}
