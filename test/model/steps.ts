import { poolSteps } from './pool-steps.ts';
import { isLeaseOver, type ProtocolState, type Weakness } from './protocol.ts';
import { lateness, REAPER, reads, type Step, write } from './step.ts';

/** All that may happen next, by pools, run, server and time, with crashes of either at every point. */
export function stepsOf(state: ProtocolState, without: ReadonlySet<Weakness>): readonly Step[] {
  return [
    ...poolSteps(state, 0, without),
    ...poolSteps(state, 1, without),
    ...reaperSteps(state, without),
    ...serverSteps(state, without),
  ];
}

function reaperSteps(state: ProtocolState, without: ReadonlySet<Weakness>): readonly Step[] {
  const { item, fresh, backend, reaper, locked, record, statement, doomed, signalled, waited } = state;
  const over = isLeaseOver(state);
  const isFresh = fresh[REAPER] || without.has('no version check');
  const isLeased = item === 'leased-1' || item === 'leased-2';
  const out = { reaper: 'out', locked: false, signalled: false } as const;
  const steps: Step[] = [];
  const isEarly = without.has('claim and statement before drain');
  const drainable = item === 'available' || item === 'draining' || (isLeased && over);
  switch (reaper) {
    case 'out':
      if (!locked && backend === 'idle' && drainable) {
        steps.push({
          label: 'a run plans its end',
          to: { ...state, reaper: 'planned', locked: true, signalled: false, fresh: reads(state, REAPER) },
        });
      }
      if (
        !locked &&
        backend === 'gone' &&
        (record === 'claimed' || item === 'draining' || (item === 'available' && record !== 'none'))
      ) {
        steps.push({
          label: 'a run sees that it has gone',
          to: write({ ...state, record: record === 'claimed' ? 'settled' : record }, REAPER, 'ended'),
        });
      }
      if (
        !locked &&
        backend !== 'gone' &&
        record === 'claimed' &&
        (waited || without.has('restored without waiting'))
      ) {
        steps.push({ label: 'a run sees that it was used since', to: { ...state, record: 'settled' } });
      }
      if (!locked && item === 'draining' && backend === 'idle' && (waited || without.has('restored without waiting'))) {
        steps.push({ label: 'a run gives back what an earlier one drained', to: write(state, REAPER, 'available') });
      }
      return steps;
    case 'planned':
      if (isEarly) {
        steps.push({
          label: 'the run claims and submits',
          to: { ...state, reaper: 'submitted', record: 'claimed', statement: true },
        });
      } else if (isFresh && drainable) {
        steps.push({
          label: 'the run drains the item',
          to: write(state, REAPER, 'draining', { reaper: 'drained', waited: false }),
        });
      } else {
        steps.push({ label: 'the run is too late', to: { ...state, ...out } });
      }
      break;
    case 'drained':
      steps.push(
        without.has('intent after statement')
          ? { label: 'the run submits', to: { ...state, reaper: 'submitted', statement: true } }
          : { label: 'the run claims the backend', to: { ...state, reaper: 'claimed', record: 'claimed' } },
      );
      break;
    case 'claimed':
      steps.push({ label: 'the run submits', to: { ...state, reaper: 'submitted', statement: true, waited: false } });
      break;
    case 'submitted':
      if (isEarly && isFresh && item === 'available') {
        steps.push({ label: 'the run drains the item', to: write(state, REAPER, 'draining', { waited: false }) });
      }
      if (!statement) {
        const settled = { ...out, record: 'settled' } as const;
        if (backend === 'gone') {
          steps.push({
            label: 'the run sees that it has gone',
            to: item === 'draining' ? write(state, REAPER, 'ended', settled) : { ...state, ...settled },
          });
        } else if (item === 'draining' && (!signalled || without.has('signalled one restored'))) {
          steps.push({ label: 'the run gives it back', to: write(state, REAPER, 'available', settled) });
        } else {
          steps.push({ label: 'the run sees it still there', to: { ...state, ...settled } });
        }
      }
  }
  steps.push({ label: 'the run dies', to: { ...state, reaper: 'out', signalled: doomed && signalled } });
  return steps;
}

function serverSteps(state: ProtocolState, without: ReadonlySet<Weakness>): readonly Step[] {
  const { item, pools, backend, reaper, locked, record, statement, doomed, waited } = state;
  const steps: Step[] = [];
  if (statement) {
    const isIdle = backend === 'idle';
    const signals = isIdle || (backend !== 'gone' && without.has('guard without running statements'));
    const label = signals ? 'the guarded statement signals' : 'the guarded statement spares it';
    const to = { ...state, statement: false, doomed: signals || doomed, signalled: signals };
    const breaks = !signals
      ? null
      : !isIdle
        ? 'no running backend ended'
        : record !== 'claimed'
          ? 'intent is recorded before an end'
          : item !== 'draining' && item !== 'ended'
            ? `no session ended that the pool may hand out: the item is ${item}`
            : null;
    steps.push(breaks === null ? { label, to } : { label, to, breaks });
  }
  if (doomed) {
    const isUsed = backend === 1 || backend === 2;
    const step = { label: 'the backend dies of the signal', to: { ...state, doomed: false, backend: 'gone' as const } };
    steps.push(isUsed ? { ...step, breaks: 'no session ended that somebody uses' } : step);
  }
  if (backend === 'idle' && !doomed) {
    steps.push({ label: 'its keep-alive is over', to: { ...state, backend: 'gone' } });
  }
  for (const [index, place] of pools.entries()) {
    // A statement whose holder died ends all the same.
    if (backend === index + 1 && place !== 'runs') {
      steps.push({ label: `the statement of dead pool ${index + 1} ends`, to: { ...state, backend: 'idle' } });
    }
  }
  for (const pool of [0, 1] as const) {
    // The grace is longer than a request is under way.
    if (!state.late[pool] && pools[pool] !== 'sent') {
      steps.push({
        label: `the lease of pool ${pool + 1} and its grace are over`,
        to: { ...state, late: lateness(state, pool, true) },
      });
    }
  }
  // runs.lockFor is longer than a run, its statement and a signal are under way.
  if (reaper === 'out' && !statement && !doomed && !waited) {
    steps.push({ label: 'time passes until nothing of a dead run is under way', to: { ...state, waited: true } });
  }
  if (reaper === 'out' && locked && waited && !without.has('lock never expires')) {
    steps.push({ label: 'the lock expires', to: { ...state, locked: false } });
  }
  return steps;
}
