import type { DataApi } from './data-api/data-api.ts';
import { DATA_API_OPERATIONS } from './data-api/data-api-operation.ts';
import { dataApiRequestHandler } from './data-api/data-api-request-handler.ts';
import type { AwsService } from './http/aws-service.ts';
import { targetOperation } from './http/json-service.ts';

/** The embedded Redshift Data API behind the cloud's endpoint. */
export function dataApiService(dataApi: DataApi): AwsService {
  const handle = dataApiRequestHandler(dataApi);
  return {
    name: 'redshift-data',
    operations: DATA_API_OPERATIONS,
    operationOf: (request) => targetOperation(request, 'RedshiftData'),
    handle: (request, _operation, response) => handle(request.raw, response, request.body),
  };
}
