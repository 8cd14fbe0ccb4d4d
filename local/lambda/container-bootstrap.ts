/**
 * What runs inside a container (a worker thread): takes one invocation at a time, loads the function's module on first
 * use, calls its `handler`, and reports the result or the error the way the Lambda Node.js runtime does.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { ContainerData, FromContainer, FunctionError, ToContainer } from './container-messages.ts';
import { shiftGlobalDate } from './shift-global-date.ts';

type Invocation = Extract<ToContainer, { type: 'invoke' }>;
type Handler = (event: unknown, context: object) => unknown;

/** Exit status of a crash, as in "Runtime exited with error: exit status 1". */
const CRASHED = 1;

const setOffset = shiftGlobalDate();
setOffset((workerData as ContainerData).clockOffsetMs);

const port = parentPort;
if (port === null) {
  throw new Error('Expected to run as a container of the embedded cloud: a worker thread.');
}
const send = (message: FromContainer) => port.postMessage(message);

process.on('unhandledRejection', (reason) => {
  send({ type: 'broken', error: { ...describe(reason), errorType: 'Runtime.UnhandledPromiseRejection' } });
});

port.on('message', (message: ToContainer) => {
  if (message.type === 'clock') {
    setOffset(message.offsetMs);
    return;
  }
  run(message).then(send, (error: unknown) => send({ type: 'error', error: describe(error) }));
});

async function run(invocation: Invocation): Promise<FromContainer> {
  if (invocation.crash === 'before') {
    process.exit(CRASHED);
  }
  process.env['AWS_LAMBDA_FUNCTION_NAME'] = invocation.functionName;
  const handler = await loadHandler(invocation.moduleUrl);
  send({ type: 'started' });
  if (invocation.crash === 'hang') {
    return await new Promise<never>(() => undefined);
  }
  const deadline = Date.now() + invocation.timeoutMs;
  const result = await handler(JSON.parse(invocation.payload), {
    functionName: invocation.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: invocation.functionArn,
    memoryLimitInMB: '256',
    awsRequestId: invocation.requestId,
    logGroupName: `/aws/lambda/${invocation.functionName}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  });
  if (invocation.crash === 'after') {
    process.exit(CRASHED);
  }
  return { type: 'result', payload: JSON.stringify(result) ?? 'null' };
}

async function loadHandler(moduleUrl: string): Promise<Handler> {
  let module: { readonly handler?: unknown };
  try {
    module = await import(moduleUrl);
  } catch (cause) {
    throw Object.assign(new Error(`Cannot load ${moduleUrl}: ${String(cause)}`, { cause }), {
      name: 'Runtime.ImportModuleError',
    });
  }
  if (typeof module.handler !== 'function') {
    throw Object.assign(new Error(`Expected ${moduleUrl} to export a function 'handler'.`), {
      name: 'Runtime.HandlerNotFound',
    });
  }
  return module.handler as Handler;
}

function describe(thrown: unknown): FunctionError {
  if (thrown instanceof Error) {
    return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? '').split('\n') };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}
