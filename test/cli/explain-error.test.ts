import { describe, expect, it } from 'vitest';
import { explainError } from '../../src/cli/explain-error.ts';
import { SlotkeeperError } from '../../src/errors/slotkeeper-error.ts';

const ENDPOINT = 'http://127.0.0.1:4566';

function named(name: string, message: string, more: object = {}): Error {
  return Object.assign(new Error(message), { name }, more);
}

describe('explainError', () => {
  it('says which endpoint does not answer and how to start it, also for the SDK that wraps the cause', () => {
    const refused = named('Error', 'connect ECONNREFUSED 127.0.0.1:4566', { code: 'ECONNREFUSED' });
    for (const error of [refused, new Error('sdk', { cause: refused }), new AggregateError([refused], '')]) {
      const { name, message, exitCode } = explainError(error, ENDPOINT);
      expect({ name, exitCode }).toEqual({ name: 'EndpointUnreachable', exitCode: 1 });
      expect(message).toContain('AWS_ENDPOINT_URL=http://127.0.0.1:4566 (ECONNREFUSED)');
      expect(message).toContain('npm run slotkeeper -- local');
      expect(message).toContain('unset AWS_ENDPOINT_URL');
    }
  });

  it('does not speak of AWS_ENDPOINT_URL as the culprit when it is not set', () => {
    expect(explainError(named('Error', 'x', { code: 'ENOTFOUND' }), undefined).message).toContain(
      'AWS cannot be reached',
    );
  });

  it.each([
    ['RunLockHeld', 20],
    ['CapExceeded', 20],
    ['CanaryFailed', 20],
    ['SnapshotAnomalous', 20],
    ['TargetNotConfigured', 20],
    ['StageUnknown', 20],
    ['InvalidConfig', 2],
    ['TargetMissing', 2],
    ['UsageError', 2],
    ['PortInUseError', 1],
    ['SessionQueryFailed', 1],
  ])('keeps the message of our own %s and exits %i', (name, exitCode) => {
    expect(explainError(new SlotkeeperError(name, 'what and what to do'), ENDPOINT)).toEqual({
      name,
      message: 'what and what to do',
      exitCode,
    });
  });

  it.each([
    [named('Error', 'Region is missing'), 'RegionMissing', '--region'],
    [
      named('CredentialsProviderError', 'Could not load credentials from any providers'),
      'CredentialsMissing',
      'AWS_ACCESS_KEY_ID=local',
    ],
    [named('ResourceNotFoundException', 'Requested resource not found'), 'TableNotFound', '--stage'],
    [
      named('AccessDeniedException', 'not authorized to perform: states:StartExecution'),
      'AccessDeniedException',
      'states:StartExecution',
    ],
    [named('ExpiredTokenException', 'The security token is expired.'), 'ExpiredTokenException', 'Sign in again'],
  ])('says what to do about %s', (error, name, hint) => {
    const explained = explainError(error, ENDPOINT);
    expect(explained).toMatchObject({ name, exitCode: 1 });
    expect(explained.message).toContain(hint);
  });

  it('passes on what it does not know, also what is no Error', () => {
    expect(explainError(named('Weird', 'odd'), undefined)).toEqual({ name: 'Weird', message: 'odd', exitCode: 1 });
    expect(explainError('text', undefined)).toEqual({ name: 'Error', message: 'text', exitCode: 1 });
  });
});
