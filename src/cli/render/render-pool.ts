import { formatDuration } from '../../notices/format-duration.ts';
import type { CliIo } from '../cli-io.ts';
import { type Column, formatColumns } from '../format-columns.ts';
import { formatFacts } from '../format-facts.ts';
import { formatSum } from '../format-sum.ts';
import { formatTime } from '../format-time.ts';
import type { PoolDocument } from '../json/pool-document.ts';

const COLUMNS: readonly Column[] = [
  { header: 'TENANT', min: 8 },
  { header: 'USER', min: 8, leaveOut: 2 },
  { header: 'SESSIONS', min: 10 },
  { header: 'WAITING', align: 'right' },
  { header: 'STATEMENTS', align: 'right', leaveOut: 1 },
  { header: 'HITS', align: 'right' },
  { header: 'OLDEST LEASE', min: 12 },
];

/** How tenants share sessions, for people: sums, and a line per tenant. */
export function renderPool(document: PoolDocument, io: CliIo): string {
  const { total, limits, tenants } = document;
  const bound = limits.maxPerTarget === null ? '' : `, ${limits.maxPerTarget} of all`;
  const rows = tenants.map((tenant) => [
    tenant.tenant,
    tenant.dbUser,
    formatSum(tenant.sessions),
    String(tenant.waiting),
    String(tenant.statements),
    percent(tenant.hitRate),
    leaseText(tenant.oldestLease, document.takenAt),
  ]);
  return [
    ...formatFacts([
      ['target', `${document.target}, stage ${document.stage}`],
      ['seen', formatTime(document.takenAt)],
      ['limits', `${limits.maxPerTenant} sessions of a tenant${bound}`],
      ['sessions', formatSum(total.sessions)],
      ['waiting', String(total.waiting)],
      ['hits', `${percent(total.hitRate)} of ${total.statements} statements found a session open`],
    ]),
    ...(rows.length === 0 ? [] : ['', ...formatColumns(COLUMNS, rows, { width: io.width, decorate: heading(io) })]),
  ].join('\n');
}

/** Cut, not rounded: 99.96 % is not 100 %. */
function percent(share: number | null): string {
  return share === null ? '-' : `${Math.floor(share * 1000) / 10}%`;
}

function leaseText(lease: PoolDocument['tenants'][number]['oldestLease'], at: string): string {
  if (lease === null) {
    return '-';
  }
  const age = formatDuration((Date.parse(at) - Date.parse(lease.since)) / 1000);
  const late = formatDuration((Date.parse(at) - Date.parse(lease.until)) / 1000);
  return `${age} (${lease.use}${lease.over ? `, over since ${late}` : ''})`;
}

function heading(io: CliIo): (text: string, row: number | null) => string {
  return (text, row) => (row === null ? io.emphasise('heading', text) : text);
}
