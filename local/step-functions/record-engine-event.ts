import type { AslState, Json } from './asl.ts';
import type { EventLog } from './engine.ts';
import { dataMember, type ExecutionHistory } from './execution-history.ts';

/**
 * Writes an event of the engine into the history under the name that Step Functions has for it. What the execution
 * itself records (its start and end, and everything about tasks but their timeouts) is passed over here.
 *
 * @param stateOf the state of the original definition, because Wait states run as tasks
 */
export function recordEngineEvent(
  history: ExecutionHistory,
  event: EventLog,
  stateOf: (name: string) => AslState,
): void {
  switch (event.type) {
    case 'StateEntered': {
      const { name, input } = event.state;
      history.add(`${stateOf(name).Type}StateEntered`, { name, ...dataMember('input', input as Json) });
      recordInnerStart(history, stateOf(name), input as Json);
      break;
    }
    case 'StateExited': {
      const { name, output } = event.state;
      const { Type } = stateOf(name);
      if (Type === 'Map' || Type === 'Parallel') {
        history.add(`${Type}StateSucceeded`);
      }
      history.add(`${Type}StateExited`, { name, ...dataMember('output', (output ?? null) as Json) });
      break;
    }
    case 'StateFailed': {
      const state = stateOf(event.state.name);
      if (state.Type === 'Task' && event.Error === 'States.Timeout') {
        history.add('TaskTimedOut', { resource: state.Resource ?? '', error: event.Error });
      } else if (state.Type === 'Map' || state.Type === 'Parallel') {
        history.add(`${state.Type}StateFailed`);
      }
      break;
    }
    case 'MapIterationStarted':
    case 'MapIterationSucceeded':
    case 'MapIterationFailed':
      history.add(event.type, { name: event.parentState.name, index: event.index });
      break;
    default:
      break;
  }
}

function recordInnerStart(history: ExecutionHistory, state: AslState, input: Json): void {
  if (state.Type === 'Map') {
    history.add('MapStateStarted', Array.isArray(input) ? { length: input.length } : {});
  } else if (state.Type === 'Parallel') {
    history.add('ParallelStateStarted');
  }
}
