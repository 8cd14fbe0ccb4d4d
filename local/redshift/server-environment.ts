/**
 * The environment of PostgreSQL's programs: nothing of ours, so that no credential of the developer's shell reaches a server
 * process, and messages in the language that is read here.
 */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot } = process.env;
  return { LC_ALL: 'C', TZ: 'UTC', ...(PATH && { PATH }), ...(SystemRoot && { SystemRoot }) };
}
