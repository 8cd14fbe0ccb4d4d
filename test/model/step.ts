import type { Item, PoolAt, ProtocolState } from './protocol.ts';

/** Something that may happen in a state. */
export interface Step {
  readonly label: string;
  readonly to: ProtocolState;
  /** The promise that it breaks; absent: none. */
  readonly breaks?: string;
}

export const POOL = 0;
export const REAPER = 2;

/** A write of the item by one actor: what the others have read is old. */
export function write(
  state: ProtocolState,
  actor: number,
  item: Item,
  more: Partial<ProtocolState> = {},
): ProtocolState {
  return { ...state, item, fresh: [actor === 0, actor === 1, actor === REAPER], ...more };
}

export function at(state: ProtocolState, pool: 0 | 1, to: PoolAt): readonly [PoolAt, PoolAt] {
  return pool === POOL ? [to, state.pools[1]] : [state.pools[0], to];
}

export function lateness({ late }: ProtocolState, pool: 0 | 1, isLate: boolean): readonly [boolean, boolean] {
  return pool === POOL ? [isLate, late[1]] : [late[0], isLate];
}

export function reads(state: ProtocolState, actor: number): readonly [boolean, boolean, boolean] {
  const [one, two, run] = state.fresh;
  return [one || actor === 0, two || actor === 1, run || actor === REAPER];
}
