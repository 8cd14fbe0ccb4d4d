import { formatRatio } from '../harness/format-figure.ts';
import type { Budget } from '../harness/report.ts';
import type { WarmCalls } from './count-warm-calls.ts';
import type { GroupResult } from './measure-group.ts';
import { errorsText, ratioToLimit } from './pool-tables.ts';
import type { ContainersResult } from './simulate-containers.ts';

const NOT_AVAILABLE = 'Session is not available';

/** What the project promises of the pool, held against what was seen. */
export function poolBudgets(seen: {
  readonly warm: WarmCalls;
  readonly own: readonly GroupResult[];
  readonly bursts: readonly GroupResult[];
  readonly containers: readonly ContainersResult[];
}): Budget[] {
  const { warm, own, bursts, containers } = seen;
  const pool = own.find(({ name, callers }) => callers === 1 && name === 'pool, 1 session');
  const { of, limit } = pool === undefined ? { of: 0, limit: 0 } : ratioToLimit(pool, own);
  const crowd = bursts.filter(({ cap, callers }) => cap !== null && callers === mostCallers(bursts));
  const refused = crowd.reduce((sum, { result }) => sum + (result.errors[NOT_AVAILABLE] ?? 0), 0);
  const over = crowd.filter(({ cap, mostBackends }) => mostBackends > (cap ?? 0));
  const simulatedOver = containers.filter(({ cap, mostSessions }) => mostSessions > cap);
  return [
    {
      what: 'a query on a warm lease',
      limit: '2 Data API calls, 0 table calls',
      measured: `${warm.dataApi}, ${warm.table}`,
      holds: warm.dataApi === 2 && warm.table === 0,
      kind: 'count',
    },
    {
      what: 'a query in a cold container, an idle session in the table',
      limit: '≤ 2 table calls',
      measured: String(warm.coldTable),
      holds: warm.coldTable <= 2,
      kind: 'count',
    },
    {
      what: "p50 of a query on a warm lease, the cloud's own latencies, one caller",
      limit: '≤ 1.05 × a bare ExecuteStatement on a known SessionId',
      measured: formatRatio(of, limit),
      holds: limit > 0 && of <= 1.05 * limit,
      kind: 'time',
    },
    {
      what: `${mostCallers(bursts)} callers of one tenant at once: "${NOT_AVAILABLE}" that reached one`,
      limit: '0',
      measured: `${refused} (errors of any kind: ${crowd.map(({ result }) => errorsText(result.errors)).join('; ')})`,
      holds: refused === 0,
      kind: 'count',
    },
    {
      what: `${mostCallers(bursts)} callers of one tenant at once: backends on the server`,
      limit: `≤ ${crowd.map(({ cap }) => cap).join(', ')}`,
      measured: crowd.map(({ mostBackends }) => mostBackends).join(', '),
      holds: crowd.length > 0 && over.length === 0,
      kind: 'count',
    },
    {
      what: 'containers on virtual time: sessions at once',
      limit: `≤ ${containers.map(({ cap }) => cap).join(', ')}`,
      measured: containers.map(({ mostSessions }) => mostSessions).join(', '),
      holds: containers.length > 0 && simulatedOver.length === 0,
      kind: 'count',
    },
  ];
}

function mostCallers(rows: readonly GroupResult[]): number {
  return Math.max(0, ...rows.map(({ callers }) => callers));
}
