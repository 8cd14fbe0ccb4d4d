import type { ServerResponse } from 'node:http';
import type { Fault } from '../data-api/fault-switches.ts';
import type { AwsRequest } from '../http/aws-service.ts';
import type { InvocationFault } from '../lambda/lambda-service.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { FaultRule } from './fault-rule.ts';
import { type FaultSurroundings, meetFault, SPARED_HEADER } from './meet-fault.ts';

/** Calls that also come from inside the cloud: these services ask the plan themselves. */
const ASKED_INSIDE = ['redshift-data.', 'lambda.'];

/** Lets a call over HTTP meet the fault that is planned for it. @returns whether that answered it */
export async function interfere(
  plan: FaultPlan,
  call: string,
  request: AwsRequest,
  response: ServerResponse,
  surroundings: FaultSurroundings,
): Promise<boolean> {
  if (request.headers[SPARED_HEADER] !== undefined || ASKED_INSIDE.some((prefix) => call.startsWith(prefix))) {
    return false;
  }
  const rule = plan.take(call, { ofIndex: call === 'dynamodb.Query' && request.body.includes('"IndexName"') });
  return rule !== null && (await meetFault(rule, request, response, surroundings));
}

/** The same for a call of the Data API, which state machines make without HTTP. */
export function dataApiFault(rule: FaultRule | null, crashContainers: () => Promise<void>): Fault | undefined {
  if (rule === null) {
    return undefined;
  }
  const { error, loseAnswer, delay, hang, crash, crashServer, stayIn, fail, abort, killBackend, closeSession } = rule;
  return {
    ...(error === undefined ? {} : { error, ...(error.after ? { errorAfter: true as const } : {}) }),
    ...(loseAnswer ? { loseAnswer } : {}),
    ...(crash === undefined ? {} : { crash: { point: crash, callers: crashContainers } }),
    ...(delay === undefined ? {} : { delayMs: delay * 1000 }),
    ...(hang ? { hang } : {}),
    ...(crashServer === undefined ? {} : { crashServer }),
    ...(stayIn === undefined ? {} : { stayIn }),
    ...(fail === undefined ? {} : { fail }),
    ...(abort ? { abort } : {}),
    ...(killBackend ? { killBackend } : {}),
    ...(closeSession ? { closeSession } : {}),
  };
}

/** The same for an invocation. */
export function invocationFault(rule: FaultRule | null, crashServer: () => Promise<void>): InvocationFault {
  if (rule === null) {
    return {};
  }
  const { error, delay, hang, crash, loseAnswer, crashServer: point } = rule;
  return {
    ...(error === undefined ? {} : { error }),
    ...(delay === undefined ? {} : { delayMs: delay * 1000 }),
    ...(hang ? { crash: 'hang' } : {}),
    ...(crash === undefined ? {} : { crash }),
    ...(loseAnswer ? { loseAnswer } : {}),
    // `under` is for statements only, which the rule has checked.
    ...(point === undefined || point === 'under' ? {} : { meanwhile: { point, happens: crashServer } }),
  };
}

/** Rules reach their targets once; late or twice where that is planned, as EventBridge says may happen. */
export function deliveredAsPlanned(
  plan: FaultPlan,
  deliver: (targetArn: string, payload: string) => Promise<void>,
  sleep: (ms: number) => Promise<void>,
): (targetArn: string, payload: string) => Promise<void> {
  return async (targetArn, payload) => {
    const { delay, twice, again } = plan.take('events.Deliver') ?? {};
    if (delay !== undefined) {
      await sleep(delay * 1000);
    }
    await deliver(targetArn, payload);
    if (again !== undefined) {
      await sleep(again * 1000);
    }
    if (twice || again !== undefined) {
      await deliver(targetArn, payload);
    }
  };
}
