import { describe, expect, it } from 'vitest';
import type { ExecutionDescription } from '../../src/cli/executions.ts';
import { readRunFailure } from '../../src/cli/read-run-failure.ts';

const ended: ExecutionDescription = {
  status: 'SUCCEEDED',
  output: '{"run":{}}',
  error: null,
  cause: null,
  startedAt: '2026-11-20T15:04:01.000Z',
  stoppedAt: '2026-11-20T15:04:03.000Z',
};

describe('readRunFailure', () => {
  it('finds no failure in a run that came to its end', () => {
    expect(readRunFailure(ended)).toBeNull();
    expect(readRunFailure({ ...ended, output: null })).toBeNull();
  });

  it('reads from a skipped run who has the lock', () => {
    const cause = JSON.stringify({ errorType: 'RunLockHeld', errorMessage: 'Run x has the lock.', trace: [] });
    const output = JSON.stringify({ target: 'local', skipped: { Error: 'RunLockHeld', Cause: cause } });
    expect(readRunFailure({ ...ended, output })).toEqual({
      name: 'RunLockHeld',
      message: 'Run x has the lock.',
      skipped: true,
    });
  });

  it('reads name and message of a failed run, be the cause text or what Lambda makes of an error', () => {
    const failed = { ...ended, status: 'FAILED', output: null, error: 'CapExceeded' } as const;
    expect(readRunFailure({ ...failed, cause: 'too many' })).toMatchObject({
      name: 'CapExceeded',
      message: 'too many',
    });
    expect(readRunFailure({ ...failed, cause: '{"errorMessage":"too many"}' })).toMatchObject({ message: 'too many' });
    expect(readRunFailure({ ...failed, cause: '{"other":1}' })).toMatchObject({ message: '{"other":1}' });
  });

  it('names executions that ended without an error of their own', () => {
    expect(readRunFailure({ ...ended, status: 'TIMED_OUT' })).toMatchObject({ name: 'States.Timeout' });
    expect(readRunFailure({ ...ended, status: 'ABORTED' })).toEqual({
      name: 'ExecutionABORTED',
      message: 'The execution ended ABORTED.',
      skipped: false,
    });
  });
});
