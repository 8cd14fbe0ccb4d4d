import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KNOWN_CLIENTS } from '../../src/leaks/known-clients.ts';
import { recogniseClient } from '../../src/leaks/recognise-client.ts';

describe('recogniseClient', () => {
  it.each([
    ['RedshiftDataAPI', '', 'Redshift Data API'],
    ['Redshift Data API', '', 'Redshift Data API'],
    ['orders-lambda', '', 'AWS Lambda'],
    ['Metabase v0.50.3 [9f2c9a52-6a5c-4f1e-9a5c-0d4a]', 'Redshift JDBC Driver 2.1.0.30', 'Metabase'],
    ['Tableau Server 2024.2', 'Amazon Redshift ODBC Driver 1.5.9', 'Tableau'],
    ['DBeaver 25.1.0 - Main', 'Redshift JDBC Driver 2.1.0.30', 'DBeaver'],
    ['dbt', 'Redshift Python Connector 2.1.1', 'dbt'],
    ['nightly_dbt_run', '', 'dbt'],
    ['HikariPool-1', 'Redshift JDBC Driver 2.1.0.30', 'HikariCP'],
    ['sqlalchemy-redshift', '', 'SQLAlchemy'],
    ['psycopg2', '', 'psycopg'],
    ['', 'Redshift Python Connector 2.1.1', 'psycopg'],
    ['node-postgres', '', 'node-postgres'],
    ['PostgreSQL JDBC Driver', '', 'JDBC'],
    ['Aqua Data Studio', 'Redshift JDBC Driver 2.1.0.30', 'JDBC'],
    ['', 'Amazon Redshift ODBC Driver 1.5.9 64-bit', 'ODBC'],
  ])('takes %j with driver %j for %s', (application, driver, name) => {
    expect(recogniseClient(application, driver)?.name).toBe(name);
  });

  it.each(['', 'psql', 'adbtool', 'nodes', 'airflow'])('does not guess at %j', (application) => {
    expect(recogniseClient(application, '')).toBeNull();
  });

  it('has one page per client, and docs/leaks.md tells of each with that page', () => {
    const page = readFileSync(new URL('../../docs/leaks.md', import.meta.url), 'utf8');
    for (const { name, source } of KNOWN_CLIENTS) {
      expect(page).toContain(name);
      expect(page).toContain(source);
    }
    expect(new Set(KNOWN_CLIENTS.map(({ name }) => name)).size).toBe(KNOWN_CLIENTS.length);
  });
});
