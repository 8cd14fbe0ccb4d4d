import { readFileSync, writeFileSync } from 'node:fs';
import { fromConfig } from '../deploy/from-config.ts';
import { principalsTable } from './principals-table.ts';

// Prints what docs/security.md says of the roles, as it should be; with --write, writes it there.
const page = new URL('../docs/security.md', import.meta.url);
const text = principalsTable(fromConfig('test/fixtures/three-engines.yml', 'dev'));

if (process.argv.includes('--write')) {
  const before = readFileSync(page, 'utf8');
  writeFileSync(
    page,
    before.replace(
      /(<!-- roles -->\n)[\s\S]*(<!-- end of roles -->)/,
      (_, begin, end) => `${begin}\n${text}\n\n${end}`,
    ),
  );
} else {
  process.stdout.write(`${text}\n`);
}
