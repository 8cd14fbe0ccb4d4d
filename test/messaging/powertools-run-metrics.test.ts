import { afterEach, describe, expect, it, vi } from 'vitest';
import { createPowertoolsRunMetrics } from '../../src/messaging/powertools-run-metrics.ts';

const figures = {
  BackendsSeen: 12,
  BackendsWarned: 2,
  BackendsRecovered: 0,
  BackendsEnded: 3,
  BackendsDenied: 0,
  BackendsStillThere: 1,
  NoticesFailed: 0,
  EventsFailed: 0,
  FreeSlots: 88,
  RunFailed: 0,
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('createPowertoolsRunMetrics', () => {
  it('writes one line a run: every figure as a count, with the target as the only dimension', () => {
    const lines: string[] = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
      lines.push(String(line));
      return true;
    });
    const metrics = createPowertoolsRunMetrics({ namespace: 'Slotkeeper' });
    metrics.record('analytics', figures);
    metrics.record('sales', { ...figures, RunFailed: 1 });
    metrics.record('blind', { RunFailed: 1 });
    metrics.record('capped', { RunRefused: 1 }, 'CapExceeded');
    vi.restoreAllMocks();

    const [first, second, third, fourth, fifth, ...more] = lines.map((line) => JSON.parse(line));
    expect(more).toEqual([]);
    const { _aws: embedded, ...members } = first;
    expect(members).toEqual({ target: 'analytics', ...figures });
    expect(embedded.CloudWatchMetrics).toEqual([
      {
        Namespace: 'Slotkeeper',
        Dimensions: [['target']],
        Metrics: Object.keys(figures).map((name) => ({ Name: name, Unit: 'Count' })),
      },
    ]);
    expect(second).toMatchObject({ target: 'sales', RunFailed: 1 });
    expect(third._aws.CloudWatchMetrics[0].Metrics).toEqual([{ Name: 'RunFailed', Unit: 'Count' }]);
    expect(Object.keys(third).sort()).toEqual(['RunFailed', '_aws', 'target']);
    expect(fourth).toMatchObject({ target: 'capped', RunRefused: 1 });
    expect(fifth).toMatchObject({ target: 'capped', refusal: 'CapExceeded', RunRefused: 1 });
    expect(fifth._aws.CloudWatchMetrics[0].Dimensions).toEqual([['target', 'refusal']]);
    expect(second._aws.CloudWatchMetrics[0].Dimensions).toEqual([['target']]);
  });
});
