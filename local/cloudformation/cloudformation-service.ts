import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { arnOf } from '../cloud-names.ts';
import type { AwsRequest, AwsService } from '../http/aws-service.ts';
import { escapeXml } from './escape-xml.ts';

/** The stack of the embedded cloud: nobody deployed it, but it tells about itself as one that was. */
export interface LocalStack {
  readonly name: string;
  /** By their keys, as the deployed stack has them. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly createdAt: Date;
}

const VERSION = '2010-05-15';
const NAMESPACE = `http://cloudformation.amazonaws.com/doc/${VERSION}/`;

/**
 * DescribeStacks over the Query protocol, for the one stack that there is (CloudFormation API reference, DescribeStacks
 * and Stack). A stack that is not there is a `ValidationError`.
 */
export function cloudFormationService(stack: LocalStack): AwsService {
  return {
    name: 'cloudformation',
    operations: ['DescribeStacks'],
    operationOf: (request) => {
      const form = formOf(request);
      return form?.get('Version') === VERSION ? form.get('Action') : null;
    },
    async handle(request, operation, response) {
      const wanted = formOf(request)?.get('StackName') ?? null;
      if (operation !== 'DescribeStacks') {
        sendError(response, 'InvalidAction', `Could not find operation ${operation} for version ${VERSION}`);
      } else if (wanted !== null && wanted !== stack.name && wanted !== stackId(stack)) {
        sendError(response, 'ValidationError', `Stack with id ${wanted} does not exist`);
      } else {
        send(response, 200, describeStacks(stack));
      }
    },
  };
}

function formOf({ headers, body }: AwsRequest): URLSearchParams | null {
  return (headers['content-type'] ?? '').includes('application/x-www-form-urlencoded')
    ? new URLSearchParams(body.toString('utf8'))
    : null;
}

/** It ends in an id that is the stack's own; there is only ever this one of its name here. */
function stackId({ name }: LocalStack): string {
  return arnOf('cloudformation', `stack/${name}/00000000-0000-0000-0000-000000000000`);
}

function describeStacks(stack: LocalStack): string {
  const outputs = Object.entries(stack.outputs).map(([key, value]) =>
    tag('member', tag('OutputKey', escapeXml(key)) + tag('OutputValue', escapeXml(value))),
  );
  const member = [
    tag('StackId', stackId(stack)),
    tag('StackName', escapeXml(stack.name)),
    tag('CreationTime', stack.createdAt.toISOString()),
    tag('StackStatus', 'CREATE_COMPLETE'),
    tag('DisableRollback', 'false'),
    tag('Outputs', outputs.join('')),
  ].join('');
  return (
    `<DescribeStacksResponse xmlns="${NAMESPACE}">` +
    tag('DescribeStacksResult', tag('Stacks', tag('member', member))) +
    tag('ResponseMetadata', tag('RequestId', randomUUID())) +
    '</DescribeStacksResponse>'
  );
}

function sendError(response: ServerResponse, code: string, message: string): void {
  const error = tag('Type', 'Sender') + tag('Code', code) + tag('Message', escapeXml(message));
  const requestId = tag('RequestId', randomUUID());
  send(response, 400, `<ErrorResponse xmlns="${NAMESPACE}">${tag('Error', error)}${requestId}</ErrorResponse>`);
}

function send(response: ServerResponse, status: number, xml: string): void {
  const body = Buffer.from(xml);
  response.writeHead(status, { 'content-type': 'text/xml', 'content-length': body.length }).end(body);
}

function tag(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}
