import { describe, expect, it } from 'vitest';
import type { AslMachine } from '../../local/step-functions/asl.ts';
import { toNativeCase, toPascalCase } from '../../local/step-functions/change-member-case.ts';
import { prepareDefinition } from '../../local/step-functions/prepare-definition.ts';
import { resolveReferences } from '../../local/step-functions/resolve-references.ts';

const machine = (state: object): AslMachine => ({ StartAt: 'Only', States: { Only: state } }) as AslMachine;
const prepared = (state: object) => prepareDefinition(machine(state)).States['Only'];

describe('prepareDefinition', () => {
  it("reads the execution and the state's name from what the cloud fills in", () => {
    const state = {
      Type: 'Pass',
      Parameters: { 'id.$': '$$.Execution.Id', 'here.$': "States.Format('{}', $$.State.Name)" },
    };
    expect(prepared({ ...state, End: true })).toEqual({
      Type: 'Pass',
      Parameters: { 'id.$': '$$.Cloud.Execution.Id', 'here.$': "States.Format('{}', $$.Cloud.StateNames.Only)" },
      End: true,
    });
  });

  it('leaves text that only looks like a path', () => {
    const state = { Type: 'Pass', Comment: '$$.Execution.Id', Parameters: { text: '$$.Execution.Id' }, End: true };
    expect(prepared(state)).toEqual(state);
  });

  it('turns a Wait into a task on the clock that passes its input on', () => {
    expect(prepared({ Type: 'Wait', SecondsPath: '$.wait', Next: 'Only' })).toEqual({
      Type: 'Task',
      Resource: 'slotkeeper:wait',
      TimeoutSeconds: 2_000_000,
      Parameters: { 'input.$': '$', 'seconds.$': '$.wait' },
      Next: 'Only',
    });
  });

  it('leaves out a ResultPath that means the whole state, in catchers too', () => {
    const [all] = [{ ErrorEquals: ['States.ALL'], Next: 'Only' }];
    expect(
      prepared({ Type: 'Task', Resource: 'r', ResultPath: '$', Catch: [{ ...all, ResultPath: '$' }], End: true }),
    ).toEqual({ Type: 'Task', Resource: 'r', TimeoutSeconds: 2_000_000, Catch: [all], End: true });
  });

  it('prepares what is inside a Map, under the names of the inner states', () => {
    const inner = { Type: 'Pass', Parameters: { 'name.$': '$$.State.Name' }, End: true };
    const outer = prepared({ Type: 'Map', ItemProcessor: { StartAt: 'Inner', States: { Inner: inner } }, End: true });
    expect(outer?.ItemProcessor?.States['Inner']).toMatchObject({
      Parameters: { 'name.$': '$$.Cloud.StateNames.Inner' },
    });
  });

  it('does not change the definition that it is given', () => {
    const definition = machine({ Type: 'Wait', Seconds: 1, End: true });
    const before = structuredClone(definition);
    prepareDefinition(definition);
    expect(definition).toEqual(before);
  });
});

describe('resolveReferences', () => {
  const references = new Map([
    ['beginRun', 'arn:begin-run'],
    ['OwnersTopic', 'arn:owners'],
  ]);

  it('puts values in place of references, at any depth', () => {
    const value = {
      a: [{ 'Fn::GetAtt': ['beginRun', 'Arn'] }],
      b: { Ref: 'OwnersTopic' },
      c: { 'Fn::GetAtt': 'beginRun.Arn' },
    };
    expect(resolveReferences(value, references)).toEqual({ a: ['arn:begin-run'], b: 'arn:owners', c: 'arn:begin-run' });
  });

  it('names a reference that leads nowhere, and what there is', () => {
    expect(() => resolveReferences({ x: { Ref: 'Nothing' } }, references)).toThrow(
      'Expected a reference to something that the embedded cloud has, got {"Ref":"Nothing"}. It has: beginRun, OwnersTopic.',
    );
  });
});

describe('the case of members', () => {
  it('is Pascal in what a state gets, with times as ISO 8601', () => {
    const answer = {
      CreatedAt: new Date('2026-08-21T10:00:00.500Z'),
      Records: [[{ longValue: 5 }, { stringValue: 'a' }, { isNull: true }]],
      ColumnMetadata: [{ name: 'n', typeName: 'int8' }],
      NextToken: undefined,
      ResultRows: 12n,
    };
    expect(toPascalCase(answer)).toEqual({
      CreatedAt: '2026-08-21T10:00:00.500Z',
      Records: [[{ LongValue: 5 }, { StringValue: 'a' }, { IsNull: true }]],
      ColumnMetadata: [{ Name: 'n', TypeName: 'int8' }],
      ResultRows: 12,
    });
  });

  it("is the service's own in what a state sends", () => {
    expect(toNativeCase({ Sql: 'select :a', Parameters: [{ Name: 'a', Value: '1' }] })).toEqual({
      Sql: 'select :a',
      Parameters: [{ name: 'a', value: '1' }],
    });
  });

  it.each([[{ sql: 'select 1' }], [{ Parameters: [{ name: 'a', value: '1' }] }]])(
    'must be Pascal in %j',
    (parameters) => {
      expect(() => toNativeCase(parameters)).toThrow(/^The field "(sql|name)" is not supported by Step Functions$/);
    },
  );
});
