import type { StackServices } from './stack-services.ts';

const refuse = async (): Promise<never> => {
  throw new Error('A run by URL has no stack: nothing of one can be asked.');
};

/** Of a run by URL, whose commands ask for none of them. */
export const NO_STACK_SERVICES: StackServices = { readRule: refuse, switchRule: refuse, subscriptionsOf: refuse };
