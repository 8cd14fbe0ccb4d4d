import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type pg from 'pg';

const CATALOG = new URL('./catalog/', import.meta.url);

async function readScript(): Promise<string> {
  const names = (await readdir(CATALOG)).filter((name) => name.endsWith('.sql')).sort();
  const scripts = await Promise.all(names.map((name) => readFile(new URL(name, CATALOG), 'utf8')));
  return scripts.join('\n');
}

async function installIn(client: pg.Client, script: string, version: string): Promise<void> {
  const { rows } = await client.query<{ version: string | null }>(
    "select pg_catalog.obj_description(pg_catalog.to_regnamespace('pg_slotkeeper'), 'pg_namespace') as version",
  );
  if (rows[0]?.version === version) return;
  // One transaction: a database has the whole catalog or what it had before. The version is a hash in hexadecimal digits.
  await client.query(
    `begin; set local allow_system_table_mods = on; set local client_min_messages = warning; ${script};
     comment on schema pg_slotkeeper is '${version}'; commit;`,
  );
}

/**
 * Makes every database of a server look like Redshift: first `template1`, so that new databases do, then `dev` and the others.
 *
 * A database that has this version of the catalog is left as it is; an earlier version is replaced.
 *
 * @param connect opens a superuser's session in a database
 */
export async function installCatalog(connect: (database: string) => Promise<pg.Client>): Promise<void> {
  const script = await readScript();
  const version = createHash('sha256').update(script).digest('hex').slice(0, 16);
  const template = await connect('template1');
  let databases: string[];
  try {
    await installIn(template, script, version);
    const { rows } = await template.query<{ datname: string }>(
      "select datname from pg_catalog.pg_database where datallowconn and datname not in ('template1', 'postgres')",
    );
    databases = rows.map((row) => row.datname);
    if (!databases.includes('dev')) {
      await template.query('create database dev');
      // Redshift has no database of this name.
      await template.query('drop database if exists postgres');
    }
  } finally {
    await template.end();
  }
  for (const database of databases) {
    const client = await connect(database);
    try {
      await installIn(client, script, version);
    } finally {
      await client.end();
    }
  }
}
