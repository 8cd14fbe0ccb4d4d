import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { AslMachine } from '../../local/step-functions/asl.ts';
import { unsupportedAslFields } from '../../local/step-functions/unsupported-asl-fields.ts';

const machine = (state: object, more: object = {}): AslMachine =>
  ({ StartAt: 'Only', States: { Only: state }, ...more }) as AslMachine;

describe('unsupportedAslFields', () => {
  it.each([
    [
      'a heartbeat',
      machine({ Type: 'Task', Resource: 'r', HeartbeatSeconds: 5, End: true }),
      /^States\.Only\.HeartbeatSeconds:/,
    ],
    ['JSONata', machine({ Type: 'Pass', QueryLanguage: 'JSONata', End: true }), /^States\.Only\.QueryLanguage:/],
    ['JSONata for all', machine({ Type: 'Succeed' }, { QueryLanguage: 'JSONata' }), /^QueryLanguage:/],
    ['variables', machine({ Type: 'Pass', Assign: { a: 1 }, End: true }), /^States\.Only\.Assign:/],
    ['arguments', machine({ Type: 'Task', Resource: 'r', Arguments: {}, End: true }), /^States\.Only\.Arguments:/],
    ['a callback', machine({ Type: 'Task', Resource: 'a:b.waitForTaskToken', End: true }), /^States\.Only\.Resource:/],
    ['a job', machine({ Type: 'Task', Resource: 'a:b.sync:2', End: true }), /^States\.Only\.Resource:/],
    ['tolerated failures', machine({ Type: 'Map', ToleratedFailureCount: 1, End: true }), /ToleratedFailureCount:/],
    ['a result that is false', machine({ Type: 'Pass', Result: false, End: true }), /^States\.Only\.Result:/],
    ['an unknown field of the machine', machine({ Type: 'Succeed' }, { Timeout: 5 }), /^Timeout:/],
    [
      'a timeout past what a timer takes',
      machine({ Type: 'Task', Resource: 'r', TimeoutSeconds: 99_999_999, End: true }),
      /^States\.Only\.TimeoutSeconds:/,
    ],
    ['a computed cause', machine({ Type: 'Fail', CausePath: "States.Format('x')" }), /^States\.Only\.CausePath:/],
    [
      'a type test against false, however deep',
      machine({ Type: 'Choice', Choices: [{ And: [{ Variable: '$.a', IsPresent: false }], Next: 'Only' }] }),
      /^States\.Only\.Choices\.0\.And\.0\.IsPresent:/,
    ],
    [
      'the time at which a state was entered',
      machine({ Type: 'Pass', Parameters: { 'at.$': '$$.State.EnteredTime' }, End: true }),
      /^States\.Only\.\$\$\.State\.EnteredTime:/,
    ],
    [
      "a Map's item outside the Map's selector",
      machine({ Type: 'Pass', Parameters: { 'item.$': '$$.Map.Item.Value' }, End: true }),
      /^States\.Only\.\$\$\.Map\.Item\.Value:/,
    ],
    [
      'a distributed Map, at its place inside',
      machine({
        Type: 'Map',
        End: true,
        ItemProcessor: machine({ Type: 'Succeed' }, { ProcessorConfig: { Mode: 'DISTRIBUTED' } }),
      }),
      /^States\.Only\.Inner\[0\]\.ProcessorConfig\.Mode:/,
    ],
  ])('names %s with its path', (_what, definition, finding) => {
    expect(unsupportedAslFields(definition)).toEqual([expect.stringMatching(finding)]);
  });

  it.each(['test/fixtures/state-machines', 'state-machines'])(
    'finds nothing in the machines of %s',
    async (directory) => {
      const files = (await readdir(directory)).filter((file) => file.endsWith('.asl.json'));
      expect(files).not.toHaveLength(0);
      for (const file of files) {
        const definition = JSON.parse(await readFile(`${directory}/${file}`, 'utf8')) as AslMachine;
        expect({ file, findings: unsupportedAslFields(definition) }).toEqual({ file, findings: [] });
      }
    },
  );
});
