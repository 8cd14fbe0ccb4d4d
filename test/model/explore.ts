import { INITIAL, isAtRest, type Promised, type ProtocolState, type Weakness } from './protocol.ts';
import type { Step } from './step.ts';
import { stepsOf } from './steps.ts';

const REST: Promised = 'everything is free again in the end';

/** What the search came to. */
export interface Explored {
  readonly states: number;
  readonly transitions: number;
  /** The shortest way to a broken promise; null: there is none. */
  readonly broken: { readonly promise: string; readonly trace: readonly string[] } | null;
}

interface Node {
  readonly state: ProtocolState;
  readonly from: number;
  readonly label: string;
}

/**
 * Visits every state that can be reached, nearest first, and then asks of each whether rest can be reached from it: a
 * state from which it cannot is a lock, a lease or a claim that is held for ever.
 *
 * @param left what is left out of the protocol
 * @param only the promise that is looked after; absent: all of them
 */
export function explore(left: readonly Weakness[] = [], only?: Promised): Explored {
  const without = new Set(left);
  const nodes: Node[] = [{ state: INITIAL, from: -1, label: 'it is available, and nobody acts' }];
  const numbers = new Map([[keyOf(INITIAL), 0]]);
  const before: number[][] = [[]];
  let transitions = 0;
  for (let index = 0; index < nodes.length; index += 1) {
    const node = nodes[index];
    for (const step of node === undefined ? [] : stepsOf(node.state, without)) {
      transitions += 1;
      if (step.breaks?.startsWith(only ?? '') === true) {
        return {
          states: nodes.length,
          transitions,
          broken: { promise: step.breaks, trace: traceTo(nodes, index, step) },
        };
      }
      const key = keyOf(step.to);
      const known = numbers.get(key);
      if (known === undefined) {
        numbers.set(key, nodes.length);
        before.push([index]);
        nodes.push({ state: step.to, from: index, label: step.label });
      } else {
        before[known]?.push(index);
      }
    }
  }
  const stuck = only === undefined || only === REST ? findStuck(nodes, before) : null;
  return {
    states: nodes.length,
    transitions,
    broken: stuck === null ? null : { promise: REST, trace: traceTo(nodes, stuck) },
  };
}

/** The first state from which rest is out of reach. */
function findStuck(nodes: readonly Node[], before: readonly (readonly number[])[]): number | null {
  const resting = nodes.flatMap(({ state }, index) => (isAtRest(state) ? [index] : []));
  const reaches = new Set(resting);
  for (let next = resting.pop(); next !== undefined; next = resting.pop()) {
    for (const index of before[next] ?? []) {
      if (!reaches.has(index)) {
        reaches.add(index);
        resting.push(index);
      }
    }
  }
  const stuck = nodes.findIndex((_node, index) => !reaches.has(index));
  return stuck === -1 ? null : stuck;
}

function keyOf(state: ProtocolState): string {
  return Object.values(state).join();
}

function traceTo(nodes: readonly Node[], index: number, last?: Step): readonly string[] {
  const labels: string[] = last === undefined ? [] : [last.label];
  for (let node = nodes[index]; node !== undefined; node = nodes[node.from]) {
    labels.unshift(node.label);
  }
  return labels;
}
