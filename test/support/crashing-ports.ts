import type { ReaperPorts } from '../../src/reaper/reaper-ports.ts';
import { guardPorts } from './guarded-ports.ts';

/** What a run dies of in a test; a `TransientCrash` is one of those that the state machine retries. */
export class Crash extends Error {
  constructor(message: string, name: 'Crash' | 'TransientCrash' = 'Crash') {
    super(message);
    this.name = name;
  }
}

/** Which call goes wrong, and how. */
export interface CrashPlan {
  /** Number of the call, from 1. */
  readonly call: number;
  /** `before`: the call is never made; `after`: it is made, and its answer is lost. */
  readonly when: 'before' | 'after';
  /**
   * `process`: every later call fails too, as if the process had died. `call`: only this one does. `step`: only this
   * one does, and the service says that its step may be tried again.
   */
  readonly what: 'process' | 'call' | 'step';
}

export interface CrashingPorts<Ports> {
  readonly ports: Ports;
  /** Calls of ports so far, those that failed included. */
  count(): number;
}

/** Ports that work until a given call, counted over all of them. */
export function crashingPorts<Ports extends ReaperPorts>(ports: Ports, plan: CrashPlan): CrashingPorts<Ports> {
  let calls = 0;
  const guard = async <T>(call: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls === plan.call) {
      if (plan.when === 'after') {
        await call();
      }
      throw new Crash(`call ${plan.call} crashed`, plan.what === 'step' ? 'TransientCrash' : 'Crash');
    }
    if (calls > plan.call && plan.what === 'process') {
      throw new Crash('the process is dead');
    }
    return await call();
  };
  return { count: () => calls, ports: guardPorts(ports, guard) };
}
