import { NoticeRefused } from '../../../src/messaging/notice-refused.ts';
import { SubmitRefused } from '../../../src/pool/errors/submit-refused.ts';
import { DataApiFailed } from '../../../src/warehouse/data-api-failed.ts';
import type { PortErrors } from '../engine/fault-layer.ts';

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function dataApi(method: string, reason: string): Error {
  return new DataApiFailed({ operation: method, target: 'analytics', reason }, `the Data API answered ${reason}.`);
}

/** What a port's real adapter throws when the SDK's own tries are used up. */
export const PORT_ERRORS = {
  table: {
    resends: true,
    throttled: (method) => named('ProvisionedThroughputExceededException', `${method}: rate exceeded`),
    refused: (method) => named('InternalServerError', `${method}: internal error`),
    unknown: (method) => named('TimeoutError', `${method}: no answer`),
  },
  warehouse: {
    resends: true,
    throttled: (method) => dataApi(method, 'ThrottlingException'),
    refused: (method) => dataApi(method, 'InternalServerException'),
    unknown: (method) => dataApi(method, 'TimeoutError'),
  },
  tenants: {
    resends: true,
    throttled: (method) =>
      method.endsWith('.submit') ? new SubmitRefused('throttled', 'analytics') : dataApi(method, 'ThrottlingException'),
    refused: (method) => dataApi(method, 'InternalServerException'),
    unknown: (method) => dataApi(method, 'TimeoutError'),
  },
  channel: {
    resends: false,
    throttled: () => new NoticeRefused('the topic was throttled.'),
    refused: () => new NoticeRefused('the topic refused it.'),
    unknown: (method) => new NoticeRefused(`${method}: no answer came.`, { perhapsTaken: true }),
  },
  events: {
    resends: false,
    throttled: (method) => named('ThrottlingException', method),
    refused: (method) => named('InternalException', method),
    unknown: (method) => named('TimeoutError', method),
  },
} as const satisfies Readonly<Record<string, PortErrors>>;
