/** For worlds without a PostgreSQL server. */
export const openNothing = async (): Promise<never> => {
  throw new Error('No command here asks a PostgreSQL server.');
};
