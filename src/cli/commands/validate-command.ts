import { readConfigText } from '../../config/load-config.ts';
import { validateConfig } from '../../config/review/validate-config.ts';
import type { CliIo } from '../cli-io.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type ValidateDocument, validateDocument } from '../json/validate-document.ts';
import { renderValidate } from '../render/render-validate.ts';

export interface ValidateOptions {
  readonly config: string;
  readonly json?: boolean;
}

/**
 * Says everything that is wrong with the configuration file, and what in it can hardly be meant. It needs no network.
 *
 * @returns 0: nothing; 10: warnings only; 2: errors
 * @throws InvalidConfig when there is no file to read
 */
export function validateCommand(io: CliIo, { config, json }: ValidateOptions): ExitCode {
  const findings = validateConfig(readConfigText(config), config);
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const exitCode = errors > 0 ? EXIT.usage : findings.length > 0 ? EXIT.acted : EXIT.nothingToDo;
  const document: ValidateDocument = {
    schema: 'slotkeeper.validate/1',
    file: config,
    exitCode,
    errors,
    warnings: findings.length - errors,
    findings,
  };
  io.out(json === true ? JSON.stringify(validateDocument.parse(document)) : renderValidate(document, io));
  return exitCode;
}
