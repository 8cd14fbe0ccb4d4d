import * as z from 'zod';

/** A value that CloudFormation computes, in one of the ways that the stack uses. */
const intrinsic = z.union([
  z.strictObject({ Ref: z.string() }),
  z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }),
  z.strictObject({ 'Fn::Sub': z.union([z.string(), z.tuple([z.string(), z.record(z.string(), z.unknown())])]) }),
  z.strictObject({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) }),
]);

/** A text, or one that CloudFormation computes. */
export const text = z.union([z.string().min(1), intrinsic]);

/** A name that AWS takes: its characters, and how many. */
export const name = (most: number, characters = /^[\w.-]+$/) =>
  z.union([z.string().min(1).max(most).regex(characters), intrinsic]);

/** An ARN, written out or computed. */
export const arn = z.union([z.string().regex(/^arn:aws[\w-]*:[\w-]+:/), intrinsic]);

export const tags = z.array(z.strictObject({ Key: z.string().min(1).max(128), Value: text })).max(50);

const oneOrMore = <T extends z.ZodType>(shape: T) => z.union([shape, z.array(shape).min(1)]);

const action = z.string().regex(/^[a-z0-9-]+:[A-Za-z0-9*]+$/);

/** Condition operators of IAM (IAM guide, "Condition operators") that the stack uses. */
const operator = z.enum([
  'ArnEquals',
  'ArnLike',
  'Bool',
  'ForAllValues:StringLike',
  'Null',
  'StringEquals',
  'StringLike',
]);

const condition = z.partialRecord(
  operator,
  z.record(z.string().regex(/^[\w-]+:[\w:-]+$/), oneOrMore(z.union([text, z.boolean()]))),
);

const principal = z.union([
  z.literal('*'),
  z.strictObject({ Service: oneOrMore(z.string().regex(/^[a-z0-9.-]+\.amazonaws\.com$/)) }),
  z.strictObject({ AWS: oneOrMore(text) }),
]);

/** A statement of a policy on identities: whose it is follows from where it stands. */
const identityStatement = z.strictObject({
  Sid: z
    .string()
    .regex(/^[A-Za-z0-9]+$/)
    .exactOptional(),
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore(action),
  Resource: oneOrMore(z.union([z.literal('*'), arn])),
  Condition: condition.exactOptional(),
});

const document = <T extends z.ZodType>(statement: T) =>
  z.strictObject({ Version: z.literal('2012-10-17').exactOptional(), Statement: z.array(statement).min(1) });

/** IAM policy grammar (IAM guide, "Grammar of the IAM JSON policy language"), on identities. */
export const identityPolicy = document(identityStatement);

/** The same on resources: says who. */
export const resourcePolicy = document(identityStatement.extend({ Principal: principal }));

/** The same of a role: who may be it. */
export const trustPolicy = document(
  identityStatement.omit({ Resource: true }).extend({ Principal: principal, Action: z.literal('sts:AssumeRole') }),
);
