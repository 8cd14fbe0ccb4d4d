import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { AnswerLostError } from '../http/answer-lost-error.ts';
import { AwsError } from '../http/aws-error.ts';
import type { AwsRequest, AwsService } from '../http/aws-service.ts';
import { sendJson } from '../http/send-json.ts';
import type { Outcome } from './container.ts';
import type { CrashPoint, Hang } from './container-messages.ts';
import type { ContainerPool } from './container-pool.ts';
import type { FunctionCatalog } from './function-catalog.ts';

const ROOT = '/2015-03-31/functions';

/** Largest payload of a synchronous invocation, bytes (Lambda guide, "Lambda quotas"). */
const PAYLOAD_LIMIT_BYTES = 6 * 1024 * 1024;

/** Faults that a test can switch on, each for the next invocation of one function. */
export interface LambdaFaults {
  /** The container dies before the handler runs, or after it ran and before its answer is out. */
  crashNext(functionKey: string, point: CrashPoint): void;
  /** The invocation starts so many milliseconds later. */
  delayNext(functionKey: string, ms: number): void;
}

/** What goes wrong with one invocation. */
export interface InvocationFault {
  /** `hang`: the handler never begins, and the invocation runs into its timeout. */
  readonly crash?: CrashPoint | Hang;
  /** It runs, and the connection is dropped without an answer. */
  readonly loseAnswer?: true;
  /** Something else that happens before it runs, or after it and before its answer. */
  readonly meanwhile?: { readonly point: CrashPoint; readonly happens: () => Promise<void> };
  readonly delayMs?: number;
  /** Refuses it, or answers so after it ran. */
  readonly error?: {
    readonly type: string;
    readonly message: string;
    readonly status: number;
    readonly after: boolean;
  };
}

export interface LambdaServiceOptions {
  readonly functions: FunctionCatalog;
  readonly pool: ContainerPool;
  readonly timeoutMs: number;
  /** The fault that an invocation of this function meets, where none was switched on here. @default none */
  readonly planFault?: (functionKey: string) => InvocationFault;
  /** How a delayed invocation waits. @default real time */
  readonly sleep?: (ms: number) => Promise<void>;
  /** Told of asynchronous invocations that failed: nobody else hears of them. */
  readonly onAsyncFailure: (functionName: string, error: unknown) => void;
}

export interface LambdaService extends AwsService {
  readonly faults: LambdaFaults;
  readonly pool: ContainerPool;
  readonly functions: FunctionCatalog;
  /**
   * Runs a function and waits for it.
   *
   * @param payload the event as JSON text
   * @throws AwsError when there is no such function or the payload is too large or no JSON
   */
  invoke(nameOrArn: string, payload: string): Promise<Outcome>;
  /** Starts a function and does not wait; a failure goes to the log. */
  invokeLater(nameOrArn: string, payload: string): void;
}

/** Lambda's Invoke and ListFunctions over containers. */
export function createLambdaService(options: LambdaServiceOptions): LambdaService {
  const crashes = new Map<string, CrashPoint>();
  const delays = new Map<string, number>();

  const invoke = async (nameOrArn: string, payload: string): Promise<Outcome> => {
    const { key, name, arn, moduleUrl } = options.functions.get(nameOrArn);
    checkPayload(payload);
    const planned = options.planFault?.(key) ?? {};
    const crash = take(crashes, key) ?? planned.crash ?? null;
    const wait = take(delays, key) ?? planned.delayMs ?? null;
    const refusal =
      planned.error === undefined
        ? null
        : new AwsError(planned.error.type, planned.error.message, planned.error.status);
    if (refusal !== null && planned.error?.after === false) {
      throw refusal;
    }
    if (wait !== null) {
      await (options.sleep ?? delay)(wait);
    }
    if (planned.meanwhile?.point === 'before') {
      await planned.meanwhile.happens();
    }
    const outcome = await options.pool.invoke({
      type: 'invoke',
      moduleUrl,
      functionName: name,
      functionArn: arn,
      requestId: randomUUID(),
      payload,
      timeoutMs: options.timeoutMs,
      crash,
    });
    if (planned.meanwhile?.point === 'after') {
      await planned.meanwhile.happens();
    }
    if (refusal !== null) {
      throw refusal;
    }
    if (planned.loseAnswer) {
      throw new AnswerLostError('Invoke');
    }
    return outcome;
  };

  const invokeLater = (nameOrArn: string, payload: string): void => {
    options.functions.get(nameOrArn);
    checkPayload(payload);
    invoke(nameOrArn, payload).then(
      (outcome) => {
        if (!outcome.ok) {
          options.onAsyncFailure(nameOrArn, outcome.error);
        }
      },
      (error: unknown) => options.onAsyncFailure(nameOrArn, error),
    );
  };

  return {
    name: 'lambda',
    operations: ['Invoke', 'ListFunctions', 'GetFunction'],
    operationOf: lambdaOperation,
    handle: async (request, operation, response) => {
      try {
        if (operation === 'Invoke') {
          await answerInvoke(request, response, { functions: options.functions, invoke, invokeLater });
        } else {
          answerFunctions(request, operation, response, options);
        }
      } catch (error) {
        answerError(response, error);
      }
    },
    faults: {
      crashNext: (functionKey, point) => void crashes.set(functionKey, point),
      delayNext: (functionKey, ms) => void delays.set(functionKey, ms),
    },
    pool: options.pool,
    functions: options.functions,
    invoke,
    invokeLater,
  };
}

async function answerInvoke(
  request: AwsRequest,
  response: ServerResponse,
  lambda: Pick<LambdaService, 'functions' | 'invoke' | 'invokeLater'>,
): Promise<void> {
  const name = functionIn(request);
  const payload = request.body.length === 0 ? '{}' : request.body.toString('utf8');
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (type === 'DryRun') {
    lambda.functions.get(name);
    response.writeHead(204).end();
    return;
  }
  if (type === 'Event') {
    lambda.invokeLater(name, payload);
    response.writeHead(202).end();
    return;
  }
  if (type !== 'RequestResponse') {
    throw new AwsError(
      'InvalidParameterValueException',
      `Expected X-Amz-Invocation-Type to be RequestResponse, Event or DryRun, got '${String(type)}'.`,
    );
  }
  const outcome = await lambda.invoke(name, payload);
  response.writeHead(200, {
    'content-type': 'application/json',
    'x-amz-executed-version': '$LATEST',
    'x-amzn-requestid': randomUUID(),
    ...(outcome.ok ? {} : { 'x-amz-function-error': 'Unhandled' }),
  });
  response.end(outcome.ok ? outcome.payload : JSON.stringify(outcome.error));
}

function answerFunctions(
  request: AwsRequest,
  operation: string,
  response: ServerResponse,
  { functions, timeoutMs }: LambdaServiceOptions,
): void {
  const describe = (one: { name: string; arn: string; key: string }) => ({
    FunctionName: one.name,
    FunctionArn: one.arn,
    Runtime: 'nodejs24.x',
    Handler: `functions/${one.key}.handler`,
    Timeout: Math.ceil(timeoutMs / 1000),
    Version: '$LATEST',
    State: 'Active',
  });
  const body =
    operation === 'ListFunctions'
      ? { Functions: functions.all.map(describe) }
      : { Configuration: describe(functions.get(functionIn(request))) };
  sendJson(response, 200, body, 'application/json');
}

/** Lambda speaks REST: the error's name stands in a header, and its message begins with a capital. */
function answerError(response: ServerResponse, error: unknown): void {
  if (!(error instanceof AwsError)) {
    throw error;
  }
  const type = error.status < 500 ? 'User' : 'Service';
  const headers = { 'x-amzn-errortype': error.name };
  sendJson(response, error.status, { Type: type, Message: error.message }, 'application/json', headers);
}

function lambdaOperation(request: AwsRequest): string | null {
  const path = request.url.pathname.replace(/\/$/, '');
  if (request.method === 'GET' && path === ROOT) {
    return 'ListFunctions';
  }
  if (!path.startsWith(`${ROOT}/`)) {
    return null;
  }
  if (request.method === 'POST' && path.endsWith('/invocations')) {
    return 'Invoke';
  }
  return request.method === 'GET' && !path.slice(ROOT.length + 1).includes('/') ? 'GetFunction' : null;
}

function functionIn(request: AwsRequest): string {
  const name = request.url.pathname.slice(ROOT.length + 1).replace(/\/invocations\/?$/, '');
  try {
    return decodeURIComponent(name);
  } catch (cause) {
    const message = `Expected the name of a function in the path, got '${name}', in which a % begins no escape.`;
    throw new AwsError('ValidationException', message, 400, { cause });
  }
}

function checkPayload(payload: string): void {
  const size = Buffer.byteLength(payload);
  if (size > PAYLOAD_LIMIT_BYTES) {
    throw new AwsError(
      'RequestTooLargeException',
      `${size} byte payload is too large for the RequestResponse invocation type (limit ${PAYLOAD_LIMIT_BYTES} bytes)`,
      413,
    );
  }
  try {
    JSON.parse(payload);
  } catch (cause) {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json.', 400, { cause });
  }
}

function take<T>(map: Map<string, T>, key: string): T | null {
  const value = map.get(key) ?? null;
  map.delete(key);
  return value;
}
