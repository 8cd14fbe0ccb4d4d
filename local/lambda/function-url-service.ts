import type { AwsService } from '../http/aws-service.ts';
import { sendJson } from '../http/send-json.ts';
import { answerWithPayload, toHttpEvent } from './http-event.ts';
import type { LambdaService } from './lambda-service.ts';

/** Where function URLs are on the cloud's one port; on AWS each has a host of its own. */
export const FUNCTION_URL_ROOT = '/functions';

/**
 * Lambda function URLs with auth type NONE: any request below `/functions/<name>/` invokes that function with an event of
 * payload format 2.0, and its answer becomes the response.
 *
 * @param keys functions that have a URL by the name in their path, e.g. `snooze-session`
 */
export function functionUrlService(lambda: LambdaService, keys: ReadonlyMap<string, string>): AwsService {
  const nameIn = ({ pathname }: URL) => pathname.slice(FUNCTION_URL_ROOT.length + 1).split('/')[0] ?? '';
  return {
    name: 'lambda-url',
    operations: [...keys.keys()],
    operationOf: ({ url }) =>
      url.pathname.startsWith(`${FUNCTION_URL_ROOT}/`) && keys.has(nameIn(url)) ? nameIn(url) : null,
    async handle(request, name, response) {
      const path = request.url.pathname.slice(FUNCTION_URL_ROOT.length + 1 + name.length) || '/';
      const event = toHttpEvent(request, {
        ...{ apiId: name, accountId: 'anonymous', routeKey: '$default', path, base64: true },
      });
      const found = lambda.functions.all.find(({ key }) => key === keys.get(name));
      const outcome = found === undefined ? null : await lambda.invoke(found.arn, JSON.stringify(event));
      if (outcome?.ok !== true) {
        sendJson(response, 502, { Message: 'Internal Server Error' }, 'application/json');
        return;
      }
      answerWithPayload(response, outcome.payload);
    },
  };
}
