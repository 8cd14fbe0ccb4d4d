import { GetStatementResultCommand, type GetStatementResultCommandInput } from '@aws-sdk/client-redshift-data';
import { quoteLongIntegers } from './quote-long-integers.ts';

/** A GetStatementResult whose `longValue`s are texts where a number would be rounded. */
export function exactResultCommand(input: GetStatementResultCommandInput): GetStatementResultCommand {
  const command = new GetStatementResultCommand(input);
  command.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const { response } = answer;
      if (hasBody(response)) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of response.body) {
          chunks.push(chunk);
        }
        const body = Buffer.concat(chunks);
        const isPlain = !body.includes('"longValue"');
        Object.assign(response, { body: isPlain ? body : Buffer.from(quoteLongIntegers(body.toString('utf8'))) });
      }
      return answer;
    },
    // Low priority: nearest to the wire, before the SDK parses.
    { step: 'deserialize', priority: 'low', name: 'slotkeeperExactLongs' },
  );
  return command;
}

function hasBody(response: unknown): response is { readonly body: AsyncIterable<Uint8Array> } {
  return (
    typeof response === 'object' &&
    response !== null &&
    'body' in response &&
    typeof response.body === 'object' &&
    response.body !== null &&
    Symbol.asyncIterator in response.body
  );
}
