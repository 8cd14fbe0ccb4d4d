import type { z } from 'zod';
import { mapping } from './fields.ts';
import { fileSchema } from './file-schema.ts';
import { readFile } from './parse-config.ts';

const { targets, policies, notices, runs } = fileSchema.shape;

/** A file that need not say what it is about: its policies are for a server that the command line names. */
const policyFileSchema = mapping({ targets: targets.optional(), policies, notices: notices.optional(), runs });

export type PolicyFile = z.infer<typeof policyFileSchema>;

/**
 * Reads the policies of a `slotkeeper.yml`, or of a file that has nothing but policies.
 *
 * @param source what to call the file in messages
 * @throws InvalidConfig with every problem's path, line, expectation and finding
 */
export function parsePolicies(text: string, source: string): PolicyFile {
  return readFile(text, source, policyFileSchema).data;
}
