import { describe, expect, it } from 'vitest';
import { takesMessage } from '../../src/notices/takes-message.ts';

const ATTRIBUTES = { owner: 'bi-team@example.com', target: 'analytics', action: 'warn' };

describe('takesMessage', () => {
  it.each([
    ['no policy', undefined, true],
    ['an empty policy', {}, true],
    ['the exact value', { owner: ['bi-team@example.com'] }, true],
    ['one of several values', { owner: ['x', 'bi-team@example.com'] }, true],
    ['another case', { owner: ['BI-team@example.com'] }, false],
    ['two attributes that fit', { owner: ['bi-team@example.com'], action: ['warn'] }, true],
    ['two attributes of which one fits', { owner: ['bi-team@example.com'], action: ['run-failed'] }, false],
    ['an attribute that the message has not', { severity: ['high'] }, false],
    ['a prefix', { owner: [{ prefix: 'bi-' }] }, true],
    ['another prefix', { owner: [{ prefix: 'etl-' }] }, false],
    ['a suffix', { owner: [{ suffix: '@example.com' }] }, true],
    ['equals-ignore-case', { owner: [{ 'equals-ignore-case': 'BI-Team@Example.com' }] }, true],
    ['a wildcard', { owner: [{ wildcard: 'bi-*@*.com' }] }, true],
    ['a wildcard that overlaps itself', { action: [{ wildcard: 'war*arn' }] }, false],
    ['anything-but it', { owner: [{ 'anything-but': 'bi-team@example.com' }] }, false],
    ['anything-but others', { owner: [{ 'anything-but': ['a', 'b'] }] }, true],
    ['anything-but its prefix', { owner: [{ 'anything-but': { prefix: 'bi-' } }] }, false],
    ['anything-but another prefix', { owner: [{ 'anything-but': { prefix: 'etl-' } }] }, true],
    ['anything-but of an attribute that is missing', { severity: [{ 'anything-but': 'low' }] }, false],
    ['exists', { owner: [{ exists: true }] }, true],
    ['exists not', { owner: [{ exists: false }] }, false],
    ['exists not, of one that is missing', { severity: [{ exists: false }] }, true],
    ['$or with one that fits', { $or: [{ action: ['x'] }, { action: ['warn'] }] }, true],
    ['$or with none that fits', { $or: [{ action: ['x'] }, { action: ['y'] }] }, false],
    ['a number', { owner: [7] }, false],
    ['an operator that nobody knows', { owner: [{ soundex: 'B350' }] }, false],
    ['an unknown operator within anything-but', { owner: [{ 'anything-but': { soundex: 'B350' } }] }, false],
  ])('knows %s', (_what, policy, taken) => {
    const filter = { policy: policy && JSON.stringify(policy), scope: undefined };
    expect(takesMessage(filter, ATTRIBUTES)).toBe(taken);
  });

  it('refuses what it cannot read, and filters on a body that is no JSON', () => {
    expect(takesMessage({ policy: '{"owner": [', scope: undefined }, ATTRIBUTES)).toBe(false);
    expect(takesMessage({ policy: '[]', scope: undefined }, ATTRIBUTES)).toBe(false);
    const policy = JSON.stringify({ owner: ['bi-team@example.com'] });
    expect(takesMessage({ policy, scope: 'MessageBody' }, ATTRIBUTES)).toBe(false);
    expect(takesMessage({ policy, scope: 'MessageAttributes' }, ATTRIBUTES)).toBe(true);
  });
});
