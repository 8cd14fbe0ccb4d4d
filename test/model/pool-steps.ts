import { type Item, isLeaseOver, type PoolAt, type ProtocolState, type Weakness } from './protocol.ts';
import { at, lateness, POOL, reads, type Step, write } from './step.ts';

/** What a pool may do next. */
export function poolSteps(state: ProtocolState, pool: 0 | 1, without: ReadonlySet<Weakness>): readonly Step[] {
  const { item, pools, fresh, backend } = state;
  const over = isLeaseOver(state);
  const number = pool === 0 ? 1 : 2;
  const own: Item = pool === 0 ? 'leased-1' : 'leased-2';
  const others: Item = pool === 0 ? 'leased-2' : 'leased-1';
  const name = `pool ${number}`;
  const isFresh = fresh[pool] || without.has('no version check');
  const to = (place: PoolAt) => ({ pools: at(state, pool, place) });
  const steps: Step[] = [];
  switch (pools[pool]) {
    case 'out':
      if (item === 'available') {
        steps.push({
          label: `${name} reads it as available`,
          to: { ...state, ...to('read'), fresh: reads(state, pool) },
        });
      }
      if (
        (item === others || item === own) &&
        (over || without.has('lease taken over before it is over')) &&
        (backend === 'idle' || without.has('lease taken over unseen'))
      ) {
        steps.push({
          label: `${name} sees a lease that is over, and the session idle`,
          to: { ...state, ...to('verified'), fresh: reads(state, pool) },
        });
      }
      if (item !== 'ended' && item !== 'draining' && over && backend === 'gone') {
        steps.push({ label: `${name} sees that it has gone`, to: write(state, pool, 'ended') });
      }
      return steps;
    case 'read':
    case 'verified':
      steps.push(
        isFresh
          ? takeLease(state, pool)
          : { label: `${name} loses the race for the lease`, to: { ...state, ...to('out') } },
      );
      break;
    case 'holds':
      if (!state.late[pool] || without.has('statement sent on a lease that is over')) {
        steps.push({ label: `${name} submits`, to: { ...state, ...to('sent') } });
      }
      steps.push({
        label: `${name} gives it back`,
        to: isFresh ? write(state, pool, 'available', to('out')) : { ...state, ...to('out') },
      });
      break;
    case 'sent':
      if (backend === 'idle') {
        const label = `the statement of ${name} begins`;
        const next = { ...state, ...to('runs'), backend: number } as const;
        steps.push(
          item === own
            ? { label, to: next }
            : { label, to: next, breaks: `no session used by two holders at once: the item is ${item}` },
        );
      } else {
        const ended = backend === 'gone' && isFresh && item !== 'ended';
        steps.push({
          label: `the statement of ${name} is refused`,
          to: ended ? write(state, pool, 'ended', to('out')) : { ...state, ...to('out') },
        });
      }
      // What is under way arrives, whether or not its sender lives.
      return steps;
    case 'runs':
      if (backend !== number) {
        const ended = isFresh && item !== 'ended';
        steps.push({
          label: `${name} hears that its statement died`,
          to: ended ? write(state, pool, 'ended', to('out')) : { ...state, ...to('out') },
        });
      } else {
        steps.push({ label: `the statement of ${name} ends`, to: { ...state, ...to('holds'), backend: 'idle' } });
      }
  }
  steps.push({ label: `${name} dies`, to: { ...state, ...to('out') } });
  return steps;
}

function takeLease(state: ProtocolState, pool: 0 | 1): Step {
  const own: Item = pool === POOL ? 'leased-1' : 'leased-2';
  const taken = { pools: at(state, pool, 'holds'), late: lateness(state, pool, false) };
  const step = { label: `pool ${pool + 1} takes the lease`, to: write(state, pool, own, taken) };
  const isUsed = state.backend === 1 || state.backend === 2;
  return isUsed ? { ...step, breaks: 'no session used by two holders at once: a statement runs on it' } : step;
}
