import type { Command } from 'commander';

export const CONFIG_OPTION = ['--config <file>', 'configuration', './slotkeeper.yml'] as const;

/** The options of every command that is about a deployed stage. */
export function withStageOptions(command: Command): Command {
  return command
    .option('--stage <name>', 'deployed stage; needed when there are several')
    .option(...CONFIG_OPTION)
    .option('--region <name>', 'AWS region')
    .option('--profile <name>', 'profile of the AWS configuration')
    .option('--json', 'print one JSON document (docs/schemas)')
    .option('--debug', 'show the stack of an error');
}

/** The same of one that is about a target of it. */
export function withAwsOptions(command: Command): Command {
  return withStageOptions(command.option('--target <name>', 'target of the configuration; needed when it has several'));
}
