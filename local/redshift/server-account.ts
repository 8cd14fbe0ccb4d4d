import { readFile } from 'node:fs/promises';
import { SlotkeeperError } from '../../src/errors/slotkeeper-error.ts';

/** The account of this machine that PostgreSQL runs as. */
export interface ServerAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Accounts without rights of their own, in order of preference; all of them come with the operating system or with PostgreSQL. */
const PREFERRED = ['nobody', 'postgres', 'daemon'];

/**
 * Chooses whom the server runs as: PostgreSQL refuses to run as root, so root lends it an account that exists already.
 *
 * @param uid the user id of this process
 * @param passwdFile the list of the machine's accounts, in the format of passwd(5)
 * @returns undefined when this process is not root and the server simply runs as the same user
 * @throws SlotkeeperError `NoServerAccountError` when root finds no account to lend
 */
export async function findServerAccount(
  uid: number | undefined = process.getuid?.(),
  passwdFile = '/etc/passwd',
): Promise<ServerAccount | undefined> {
  if (uid !== 0) return undefined;
  const accounts = (await readFile(passwdFile, 'utf8'))
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , userId = '', groupId = '']) => ({ name, uid: Number(userId), gid: Number(groupId) }))
    .filter((account) => account.name !== '' && Number.isInteger(account.uid) && account.uid !== 0);
  for (const name of PREFERRED) {
    const account = accounts.find((candidate) => candidate.name === name);
    if (account) return account;
  }
  throw new SlotkeeperError(
    'NoServerAccountError',
    `PostgreSQL does not run as root, and ${passwdFile} has none of the accounts ${PREFERRED.join(', ')} to run it as. ` +
      'Start the embedded cloud as an ordinary user instead.',
  );
}
