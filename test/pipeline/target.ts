/** The target of the suites' usual runs. */
export const TARGET = 'local';
