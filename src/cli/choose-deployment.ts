import { stackNameOf } from '../deployment/stack-outputs.ts';
import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import type { CliIo } from './cli-io.ts';
import type { CliRuntime } from './cli-runtime.ts';
import type { Deployment } from './deployment/deployment.ts';
import type { Deployments } from './deployment/deployments.ts';
import { checkStack } from './deployment/stack-unusable.ts';

/** Which deployment to speak to cannot be told. */
export class StageUnknown extends SlotkeeperError {
  constructor(message: string, options?: ErrorOptions) {
    super('StageUnknown', message, options);
  }
}

/**
 * The deployment that a command is about: the one of the stage, or the only one there is. What there is to know about
 * its stack is told on stderr.
 *
 * @param stage what `--stage` says; undefined: it was not given
 * @throws StageUnknown when there is none, not that one, or more than one to choose from
 * @throws StackUnusable when its stack is in no state to work with
 */
export async function chooseDeployment(
  { deployments }: Pick<CliRuntime, 'deployments'>,
  io: Pick<CliIo, 'err'>,
  stage: string | undefined,
): Promise<Deployment> {
  const deployment = stage === undefined ? await onlyOne(deployments) : await named(deployments, stage);
  const note = checkStack(deployment);
  if (note !== null) {
    io.err(`Note: ${note}`);
  }
  return deployment;
}

async function named(deployments: Deployments, stage: string): Promise<Deployment> {
  const found = await deployments.find(stage);
  if (found !== null) {
    return found;
  }
  const others = await stagesThatThereAre(deployments);
  throw new StageUnknown(
    `No stage "${stage}" is deployed here: there is no stack ${stackNameOf(stage)} in ${await placeOf(deployments)}. ${
      others === '' ? `${ELSEWHERE} ${HOW_TO_DEPLOY}` : `There is: ${others}.`
    }`,
  );
}

async function onlyOne(deployments: Deployments): Promise<Deployment> {
  const all = await deployments.list();
  const [only, second] = all;
  if (only === undefined) {
    throw new StageUnknown(
      `Expected a stack named slotkeeper-<stage>, found none in ${await placeOf(deployments)}. ${ELSEWHERE} ${HOW_TO_DEPLOY}`,
    );
  }
  if (second !== undefined) {
    const stages = all.map((deployment) => deployment.stage).join(', ');
    throw new StageUnknown(`Several stages are deployed here: ${stages}. Pass --stage with one of them.`);
  }
  return only;
}

const ELSEWHERE = 'If it is in another region or account, pass --region or --profile.';
const HOW_TO_DEPLOY =
  'Else deploy it (npx serverless deploy --stage <stage>), or start the embedded cloud (npm run slotkeeper -- local) and set AWS_ENDPOINT_URL.';

async function placeOf(deployments: Deployments): Promise<string> {
  const region = await deployments.region();
  return region === null ? 'this process' : `region ${region} of this account`;
}

/** Whoever may see one stack may not be allowed to list all: then the others are not told. */
async function stagesThatThereAre(deployments: Deployments): Promise<string> {
  try {
    return (await deployments.list()).map(({ stage }) => stage).join(', ');
  } catch (error) {
    if (error instanceof Error && ['AccessDenied', 'AccessDeniedException'].includes(error.name)) {
      return '';
    }
    throw error;
  }
}
