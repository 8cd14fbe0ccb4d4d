/** Any JSON value that passes through a state machine. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A state as it stands in a definition; only what this folder looks at has a name here. */
export interface AslState {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly ItemProcessor?: AslMachine;
  readonly Iterator?: AslMachine;
  readonly Branches?: readonly AslMachine[];
  readonly [field: string]: unknown;
}

/** A state machine, or the part of one inside a Map or Parallel state. */
export interface AslMachine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, AslState>>;
  readonly TimeoutSeconds?: number;
  readonly [field: string]: unknown;
}

/** The machines inside a Map or Parallel state. */
export function innerMachines(state: AslState): readonly AslMachine[] {
  return [state.ItemProcessor, state.Iterator, ...(state.Branches ?? [])].filter((machine) => machine !== undefined);
}

/** Every state of a machine and of the machines inside it, with its name. */
export function allStates(machine: AslMachine): readonly (readonly [name: string, state: AslState])[] {
  return Object.entries(machine.States).flatMap(([name, state]) => [
    [name, state] as const,
    ...innerMachines(state).flatMap(allStates),
  ]);
}
