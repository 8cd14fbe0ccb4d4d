import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPowertoolsPoolMetrics, type PoolMetricsOptions } from '../../src/messaging/powertools-pool-metrics.ts';
import type { PoolMetrics } from '../../src/pool/pool-metrics.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** The EMF lines that come of the given figures, up to and including the flush. */
function linesOf(options: Partial<PoolMetricsOptions>, record: (metrics: PoolMetrics) => void) {
  const lines: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
  const metrics = createPowertoolsPoolMetrics({
    namespace: 'Slotkeeper',
    target: 'analytics',
    tenantDimension: false,
    ...options,
  });
  record(metrics);
  metrics.flush();
  metrics.flush();
  vi.restoreAllMocks();
  return lines.map((line) => {
    const { _aws: embedded, ...members } = JSON.parse(line);
    return { members, embedded: embedded.CloudWatchMetrics };
  });
}

describe('createPowertoolsPoolMetrics', () => {
  it('writes one line a tenant: the target as the dimension, the tenant to search by', () => {
    const lines = linesOf({}, (metrics) => {
      metrics.count('SessionMiss', 'acme');
      metrics.count('SessionCreated', 'acme');
      metrics.count('SessionHit', 'acme');
      metrics.count('SessionHit', 'acme');
      metrics.count('SessionHit', 'beta');
      metrics.duration('PoolWait', 'acme', 12);
      metrics.duration('StatementTime', 'acme', 40);
      metrics.duration('StatementTime', 'acme', 41.5);
    });
    expect(lines).toEqual([
      {
        members: {
          target: 'analytics',
          tenant: 'acme',
          SessionMiss: 1,
          SessionCreated: 1,
          SessionHit: 2,
          PoolWait: 12,
          StatementTime: [40, 41.5],
        },
        embedded: [
          {
            Namespace: 'Slotkeeper',
            Dimensions: [['target']],
            Metrics: [
              { Name: 'SessionMiss', Unit: 'Count' },
              { Name: 'SessionCreated', Unit: 'Count' },
              { Name: 'SessionHit', Unit: 'Count' },
              { Name: 'PoolWait', Unit: 'Milliseconds' },
              { Name: 'StatementTime', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
      {
        members: { target: 'analytics', tenant: 'beta', SessionHit: 1 },
        embedded: [expect.objectContaining({ Dimensions: [['target']] })],
      },
    ]);
  });

  it('keeps the figures of the whole target when the tenant is a dimension, too', () => {
    const [line, ...more] = linesOf({ tenantDimension: true }, (metrics) => metrics.count('SessionHit', 'acme'));
    expect(more).toEqual([]);
    expect(line?.embedded[0].Dimensions).toEqual([['target'], ['target', 'tenant']]);
    expect(line?.members).toEqual({ target: 'analytics', tenant: 'acme', SessionHit: 1 });
  });

  it('loses no value and no dimension of a tenant with more values than a line takes', () => {
    const lines = linesOf({}, (metrics) => {
      for (let n = 1; n <= 250; n += 1) {
        metrics.duration('StatementTime', 'acme', n);
      }
    });
    expect(lines.flatMap(({ members }) => members.StatementTime)).toEqual(Array.from({ length: 250 }, (_, n) => n + 1));
    expect(lines.map(({ embedded, members }) => [embedded[0].Dimensions, members.tenant])).toEqual(
      lines.map(() => [[['target']], 'acme']),
    );
  });

  it('writes nothing when there is nothing to tell', () => {
    expect(linesOf({}, () => {})).toEqual([]);
  });
});
