import type { ApiConfig } from '../../src/config/api-config.ts';
import { ACCOUNT_ID } from '../cloud-names.ts';
import type { AwsService } from '../http/aws-service.ts';
import { sendJson } from '../http/send-json.ts';
import { answerWithPayload, toHttpEvent } from '../lambda/http-event.ts';
import type { LambdaService } from '../lambda/lambda-service.ts';
import { authorize } from './test-authorizer.ts';

/** Where the HTTP API is on the cloud's one port; on AWS it has a host of its own. */
export const QUERY_API_ROOT = '/query-api';
const ROUTE = { method: 'POST', path: '/query' } as const;
const FUNCTION = 'queryOverHttp';

/**
 * The HTTP API for tenants' queries, as the deployed one: one route, its authorizer, the function behind it.
 *
 * @param now the cloud's time, by which tokens expire
 */
export function queryApiService(lambda: LambdaService, { authorizer }: ApiConfig, now: () => Date): AwsService {
  return {
    name: 'query-api',
    operations: [`${ROUTE.method} ${ROUTE.path}`],
    operationOf: ({ url }) => (url.pathname.startsWith(`${QUERY_API_ROOT}/`) ? 'request' : null),
    async handle(request, _operation, response) {
      const path = request.url.pathname.slice(QUERY_API_ROOT.length);
      if (request.method !== ROUTE.method || path !== ROUTE.path) {
        sendJson(response, 404, { message: 'Not Found' }, 'application/json');
        return;
      }
      const found = authorize(request.headers.authorization, authorizer, now());
      if (!found.ok) {
        const message = found.status === 401 ? 'Unauthorized' : 'Forbidden';
        sendJson(response, found.status, { message }, 'application/json', {
          'www-authenticate': `Bearer scope="" error="invalid_token" error_description="${found.description.replaceAll('"', "'")}"`,
        });
        return;
      }
      const event = toHttpEvent(request, {
        ...{
          apiId: 'query-api',
          accountId: ACCOUNT_ID,
          routeKey: `${ROUTE.method} ${ROUTE.path}`,
          path,
          base64: false,
        },
        authorizer: found.authorizer,
      });
      const target = lambda.functions.all.find(({ key }) => key === FUNCTION);
      const outcome = target === undefined ? null : await lambda.invoke(target.arn, JSON.stringify(event));
      if (outcome?.ok !== true) {
        sendJson(response, 500, { message: 'Internal Server Error' }, 'application/json');
        return;
      }
      answerWithPayload(response, outcome.payload);
    },
  };
}
