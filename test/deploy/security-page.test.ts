import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromConfig } from '../../deploy/from-config.ts';
import { principalsTable } from '../../scripts/principals-table.ts';
import { THREE_ENGINES } from './stack-of.ts';

const page = readFileSync('docs/security.md', 'utf8');

describe('docs/security.md', () => {
  it('says of the roles what the stack gives them: after a change, run `node scripts/security-page.ts --write`', () => {
    const table = principalsTable(fromConfig(THREE_ENGINES, 'dev'));
    expect(table).toContain('### PublishNoticeRole\n\nOf `publishNotice`.');
    expect(table).toContain('| `sns:Publish` | `OwnersTopic` |  |');
    expect(page.split('<!-- roles -->\n')[1]?.split('<!-- end of roles -->')[0]).toBe(`\n${table}\n\n`);
  });

  it('gives the grants that the pages of the engines give', () => {
    const postgres = readFileSync('docs/postgres.md', 'utf8');
    const grants = [...page.matchAll(/^GRANT pg_\w+ TO slotkeeper/gm)].map(([grant]) => grant);
    expect(grants).toHaveLength(3);
    expect(grants.filter((grant) => !postgres.includes(grant))).toEqual([]);
    expect(readFileSync('docs/operations.md', 'utf8')).toContain('GRANT SELECT ON stl_connection_log TO slotkeeper;');
  });
});
