/** How Lambda reports an error that a function threw (Lambda guide, "Node.js function errors"). */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** When a switched-on crash ends the container: before the handler runs, or after it ran and before its answer. */
export type CrashPoint = 'before' | 'after';

/** A handler that a switched-on fault never lets begin, so that the invocation runs into its timeout. */
export type Hang = 'hang';

/** From the cloud to a container. */
export type ToContainer =
  | { readonly type: 'clock'; readonly offsetMs: number }
  | {
      readonly type: 'invoke';
      /** URL of the function's module. */
      readonly moduleUrl: string;
      readonly functionName: string;
      readonly functionArn: string;
      readonly requestId: string;
      /** The event as JSON text. */
      readonly payload: string;
      readonly timeoutMs: number;
      readonly crash: CrashPoint | Hang | null;
    };

/** From a container to the cloud. */
export type FromContainer =
  /** The function's module is loaded and its handler is about to run: from now on its timeout counts. */
  | { readonly type: 'started' }
  /** The handler's result as JSON text. */
  | { readonly type: 'result'; readonly payload: string }
  | { readonly type: 'error'; readonly error: FunctionError }
  /** Something failed outside the handler's promise: the container must not be used again. */
  | { readonly type: 'broken'; readonly error: FunctionError };

/** What a container is given when it starts. */
export interface ContainerData {
  readonly clockOffsetMs: number;
}
