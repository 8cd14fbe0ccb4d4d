import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { functionLogicalId } from '../../deploy/cloudformation.ts';
import { MACHINES } from '../../deploy/state-machines.ts';
import { resourcesOf, type Template } from './template.ts';

/**
 * The definition that AWS would get: the text of `Fn::Sub` with each placeholder's `Fn::GetAtt` in its place again, and
 * without the query language that the plugin's validator writes into each state; it is the one that states have where
 * they name none (Step Functions guide, "Specifying a query language").
 */
export function deployedDefinition(properties: Readonly<Record<string, unknown>>): unknown {
  const { 'Fn::Sub': substituted } = properties['DefinitionString'] as { 'Fn::Sub': [string, Record<string, unknown>] };
  const [text, own] = substituted;
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value === 'string') {
      const name = /^\$\{(.*)\}$/.exec(value)?.[1];
      return name === undefined ? value : own[name];
    }
    if (typeof value === 'object' && value !== null && 'Type' in value && 'QueryLanguage' in value) {
      const { QueryLanguage, ...state } = value;
      return QueryLanguage === 'JSONPath' ? state : value;
    }
    return value;
  });
}

/** The definition of a file, its functions under the logical ids that the framework gives them. */
function definitionOf(file: string): unknown {
  return JSON.parse(readFileSync(`state-machines/${file}.asl.json`, 'utf8'), (key, value: unknown) =>
    key === 'Fn::GetAtt' && Array.isArray(value) ? [functionLogicalId(String(value[0])), value[1]] : value,
  );
}

/** State machines that are not the files, state by state. */
export function definitionProblems(template: Template): string[] {
  return resourcesOf(template, 'AWS::StepFunctions::StateMachine')
    .filter(([id, properties]) => {
      const machine = Object.entries(MACHINES).find(([name]) => name === id)?.[1];
      return machine === undefined || !isDeepStrictEqual(deployedDefinition(properties), definitionOf(machine.file));
    })
    .map(([id]) => `${id} is not its file`);
}
