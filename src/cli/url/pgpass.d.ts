declare module 'pgpass' {
  interface PgpassConnection {
    host: string;
    port: number;
    database: string;
    user: string;
  }

  /** @param done gets the password of the first line of the password file that fits; undefined: there is none */
  export default function pgpass(connection: PgpassConnection, done: (password: string | undefined) => void): void;
}
