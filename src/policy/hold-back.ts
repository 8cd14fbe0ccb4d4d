import type { Snapshot } from '../backends/snapshot.ts';
import type { Draft } from './judge-at-steps.ts';
import { mayEnd } from './may-end.ts';

/**
 * Takes back an end that may not be: the evidence is too weak to end anybody on its ground, or the database user may not
 * end others' sessions. Their owners are still warned; where nothing can be ended, no end is announced.
 */
export function holdBack(draft: Draft, snapshot: Snapshot): Draft {
  const { verdict } = draft;
  const { backend } = verdict;
  if (verdict.action === 'keep' && verdict.code !== 'warned-waiting' && verdict.code !== 'below-termination') {
    return draft;
  }
  if (!mayEnd(backend.identity, snapshot)) {
    const reason = { clause: "may end others' sessions", measured: false, limit: true, held: false };
    return heldBack({ ...verdict, endsAt: null }, 'may-not-end', reason);
  }
  const { confidence, doubt } = backend.evidence;
  if (confidence === 'low') {
    const measured = doubt === undefined ? confidence : `low (${doubt})`;
    const reason = { clause: 'confidence of the evidence > low', measured, limit: 'low', held: false };
    return heldBack(verdict, 'low-confidence', reason);
  }
  return draft;
}

function heldBack(verdict: Draft['verdict'], code: string, reason: Draft['verdict']['reasons'][number]): Draft {
  const reasons = [...verdict.reasons, reason];
  return verdict.action === 'terminate'
    ? { verdict: { ...verdict, action: 'keep', code, reasons }, dueStep: null }
    : { verdict: { ...verdict, reasons }, dueStep: null };
}
