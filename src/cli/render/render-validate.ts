import type { CliIo } from '../cli-io.ts';
import type { ValidateDocument } from '../json/validate-document.ts';
import { printable } from '../printable.ts';

/** What is to be said about a configuration file, for people: two lines per finding, and the sum. */
export function renderValidate({ file, findings, errors, warnings }: ValidateDocument, io: CliIo): string {
  const lines = findings.flatMap(({ severity, code, path, line, expected, got, advice }) => {
    const place = [`${file}${line === null ? '' : `:${line}`}`, path].filter((part) => part !== '').join(' ');
    const word = io.emphasise(severity === 'error' ? 'danger' : 'warning', severity);
    return [
      `${printable(place)}: ${word} ${code}: ${printable(`expected ${expected}, got ${got}`)}`,
      `  ${printable(advice)}`,
    ];
  });
  const sum = `${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
  return [
    ...lines,
    ...(lines.length === 0 ? [] : ['']),
    findings.length === 0 ? `${file}: nothing to complain about.` : `${file}: ${sum}.`,
  ].join('\n');
}
