import type { StateMachine } from 'aws-local-stepfunctions';

/** The engine exports its classes but not every type; these are the ones that this folder speaks of. */
type EngineRun = ReturnType<StateMachine['run']>;

/** An event of the engine's own log. */
export type EventLog = EngineRun['eventLogs'] extends AsyncGenerator<infer Event> ? Event : never;

/** What the engine accepts as a definition. */
export type EngineDefinition = ConstructorParameters<typeof StateMachine>[0];

/** What the engine accepts as input. */
export type EngineInput = Parameters<StateMachine['run']>[0];
