import type { AwsRequest } from '../http/aws-service.ts';

/** Why SNS refuses a publish. */
export interface SnsFault {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/**
 * The refusals of `Publish` that fauxqs does not know: a subject that e-mail cannot carry, and a switched-on fault.
 * The rule for subjects is the one of the SNS API reference, "Publish": no line breaks or control characters and at
 * most 100 characters; ASCII is the stricter rule of older editions, kept so that what passes here passes there.
 *
 * @param failNow asked once a publish is otherwise well-formed: is the next failure due
 */
export function snsPublishFault(request: AwsRequest, failNow: () => boolean): SnsFault | null {
  const subject = new URLSearchParams(request.body.toString('utf8')).get('Subject');
  if (subject !== null && !/^[\x21-\x7e][\x20-\x7e]{0,99}$/.test(subject)) {
    return { status: 400, code: 'InvalidParameter', message: 'Invalid parameter: Subject' };
  }
  // An authorization error, because clients do not try it again: one switch is one failed publish.
  return failNow()
    ? { status: 403, code: 'AuthorizationError', message: 'Refused by a fault that is switched on.' }
    : null;
}

/** The error body of the query protocol. Codes and messages here are our own and need no escaping. */
export function snsErrorXml(fault: SnsFault): string {
  const type = fault.status < 500 ? 'Sender' : 'Receiver';
  return (
    '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error>' +
    `<Type>${type}</Type><Code>${fault.code}</Code><Message>${fault.message}</Message>` +
    '</Error><RequestId>local</RequestId></ErrorResponse>'
  );
}
