import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EventPattern, matchesEventPattern, patternFault } from '../../local/event-bridge/match-event-pattern.ts';

const event = {
  source: 'slotkeeper',
  'detail-type': 'Backend Terminated',
  resources: ['arn:a', 'arn:b'],
  detail: { target: 'prod', pid: 4711, outcome: 'gone', nested: { rule: 'idle', note: null } },
};

describe('matchesEventPattern', () => {
  it.each<[string, EventPattern]>([
    ['an exact source', { source: ['slotkeeper'] }],
    ['any value of a list', { 'detail-type': ['Backend Warned', 'Backend Terminated'] }],
    ['all fields together', { source: ['slotkeeper'], detail: { target: ['prod'], pid: [4711] } }],
    ['a beginning', { 'detail-type': [{ prefix: 'Backend ' }] }],
    ['an ending', { 'detail-type': [{ suffix: 'Terminated' }] }],
    ['a value that is not another', { detail: { outcome: [{ 'anything-but': ['denied', 'still-there'] }] } }],
    ['a value without a beginning', { detail: { outcome: [{ 'anything-but': { prefix: 'still' } }] } }],
    ['a field that exists', { detail: { outcome: [{ exists: true }] } }],
    ['a field that does not exist', { detail: { error: [{ exists: false }] } }],
    ['another spelling', { detail: { target: [{ 'equals-ignore-case': 'PROD' }] } }],
    ['a range', { detail: { pid: [{ numeric: ['>', 4000, '<=', 4711] }] } }],
    ['one of the values of a list in the event', { resources: ['arn:b'] }],
    ['null', { detail: { nested: { note: [null] } } }],
  ])('matches %s', (_what, pattern) => {
    expect(patternFault(pattern)).toBeNull();
    expect(matchesEventPattern(pattern, event)).toBe(true);
  });

  it.each<[string, EventPattern]>([
    ['another source', { source: ['aws.redshift-data'] }],
    ['a number as text', { detail: { pid: ['4711'] } }],
    ['one field of two', { source: ['slotkeeper'], detail: { target: ['dev'] } }],
    ['an excluded value', { detail: { outcome: [{ 'anything-but': 'gone' }] } }],
    ['a missing field by anything-but', { detail: { error: [{ 'anything-but': 'x' }] } }],
    ['a field that should not exist', { detail: { outcome: [{ exists: false }] } }],
    ['a number past the range', { detail: { pid: [{ numeric: ['<', 4711] }] } }],
    ['an object where a value is wanted', { detail: ['prod'] }],
    ['a value where an object is wanted', { source: { name: ['slotkeeper'] } }],
  ])('does not match %s', (_what, pattern) => {
    expect(matchesEventPattern(pattern, event)).toBe(false);
  });

  it('matches an event by the pattern made of its own values', () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const detail = fc.dictionary(fc.string({ minLength: 1 }), value, { minKeys: 1, noNullPrototype: true });
    fc.assert(
      fc.property(detail, (fields) => {
        const pattern = Object.fromEntries(Object.entries(fields).map(([key, one]) => [key, [one]]));
        return matchesEventPattern({ detail: pattern }, { detail: fields });
      }),
    );
  });

  it.each([
    ['an unknown comparison', { source: [{ wildcard: 'a*' }] }, /at source, got \{"wildcard":"a\*"\}/],
    ['two comparisons in one', { detail: { a: [{ prefix: 'a', suffix: 'b' }] } }, /at detail\.a/],
    ['a value that is no list', { source: 'slotkeeper' }, /at source\./],
    ['an empty list', { source: [] }, /at least one value at source/],
    ['nothing', {}, /at least one field/],
  ])('refuses %s', (_what, pattern, fault) => {
    expect(patternFault(pattern)).toMatch(fault);
  });
});
