import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RedshiftServer } from '../../local/redshift/redshift-server.ts';
import { startRedshift } from '../../local/redshift/start-redshift.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';

/**
 * Columns in their order, from the pages of the Redshift Database Developer Guide with the views' names. The end of
 * STL_CONNECTION_LOG (from sessionid on) and the length of SYS_SESSION_HISTORY's status are guesses.
 */
const DOCUMENTED: Record<string, string> = {
  stv_sessions: 'starttime timestamp, process integer, user_name char(50), db_name char(50), timeout_sec integer',
  stv_inflight: `userid integer, slice integer, query integer, label char(320), xid bigint, pid integer, starttime timestamp,
    text char(100), suspended integer, insert_pristine integer, concurrency_scaling_status integer`,
  stv_recents: `userid integer, status char(20), starttime timestamp, duration integer, user_name char(50), db_name char(50),
    query char(600), pid integer`,
  svl_statementtext: `userid integer, xid bigint, pid integer, label char(320), starttime timestamp, endtime timestamp,
    sequence integer, type varchar(10), text char(200)`,
  svv_transactions: `txn_owner text, txn_db text, xid bigint, pid integer, txn_start timestamp, lock_mode text,
    lockable_object_type text, relation integer, granted boolean`,
  stv_locks: `table_id bigint, last_commit timestamp, last_update timestamp, lock_owner bigint, lock_owner_pid bigint,
    lock_owner_start_ts timestamp, lock_owner_end_ts timestamp, lock_status char(22)`,
  stl_sessions: `userid integer, starttime timestamp, endtime timestamp, process integer, user_name char(50), db_name char(50),
    timeout_sec integer, timed_out integer`,
  stl_connection_log: `event char(50), recordtime timestamp, remotehost char(45), remoteport char(32), pid integer,
    dbname char(50), username char(50), authmethod char(32), duration integer, sslversion char(50), sslcipher char(128),
    mtu integer, sslcompression char(64), sslexpansion char(64), iamauthguid char(36), application_name char(250),
    os_version char(64), driver_version char(64), plugin_name char(32), protocol_version integer, sessionid char(36),
    compression char(8)`,
  sys_connection_log: `event char(50), record_time timestamp, remote_host char(45), remote_port char(32), session_id integer,
    database_name char(50), user_name char(50), auth_method char(32), duration integer, ssl_version char(50),
    ssl_cipher char(128), mtu integer, ssl_compression char(64), ssl_expansion char(64), iam_auth_guid char(36),
    application_name char(250), driver_version char(64), os_version char(64), plugin_name char(32), protocol_version integer,
    global_session_id char(36)`,
  stl_restarted_sessions: `currenttime timestamp, dbname char(50), newpid integer, oldpid integer, username char(50),
    remotehost char(45), remoteport char(32), parkedtime timestamp, session_vars char(2000)`,
  sys_session_history: `user_id char(50), session_id integer, database_name char(50), status char(9), session_timeout integer,
    start_time timestamp, end_time timestamp`,
  sys_query_history: `user_id integer, query_id bigint, query_label char(320), transaction_id bigint, session_id integer,
    database_name char(128), query_type char(32), status char(10), result_cache_hit boolean, start_time timestamp,
    end_time timestamp, elapsed_time bigint, queue_time bigint, execution_time bigint, error_message char(512),
    returned_rows bigint, returned_bytes bigint, query_text char(4000), redshift_version char(256), usage_limit char(150),
    compute_type varchar(32), compile_time bigint, planning_time bigint, lock_wait_time bigint, service_class_id integer,
    service_class_name char(64), query_priority char(20), short_query_accelerated char(10), user_query_hash char(40),
    generic_query_hash char(40), query_hash_version integer, result_cache_query_id integer, username char(128)`,
  sys_transaction_history: `user_id integer, transaction_id bigint, isolation_level text, status text,
    transaction_start_time timestamp, commit_start_time timestamp, commit_end_time timestamp, blocks_committed bigint,
    undo_transaction_id bigint`,
  svl_user_info: `usename text, usesysid integer, usecreatedb boolean, usesuper boolean, usecatupd boolean, useconnlimit text,
    syslogaccess text, last_ddl_ts timestamp, sessiontimeout integer, external_id text`,
  svv_user_info: `user_name text, user_id integer, createdb boolean, superuser boolean, catalog_update boolean,
    connection_limit text, syslog_access text, last_ddl_timestamp timestamp, session_timeout integer, external_user_id text`,
};

let redshift: RedshiftServer;
let admin: pg.Client;

beforeAll(async () => {
  redshift = await startRedshift({ port: 0, clock: new VirtualClock(), maxConnections: 4 });
  admin = await redshift.connect({ user: 'awsuser', database: 'dev' });
});

afterAll(async () => {
  await redshift?.stop();
});

describe('the columns of the system views', () => {
  it.each(Object.entries(DOCUMENTED))('are those of the page of %s', async (view, documented) => {
    const { rows } = await admin.query<{ columns: string }>(
      `select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum) as columns
       from pg_attribute where attrelid = $1::regclass and attnum > 0`,
      [view],
    );
    const columns = rows[0]?.columns
      .replaceAll('timestamp without time zone', 'timestamp')
      .replaceAll('character varying', 'varchar')
      .replaceAll('character(', 'char(');
    expect(columns).toBe(documented.replaceAll(/\s+/g, ' '));
  });

  it('tell statements that differ in a value only by one hash, and not by the other', async () => {
    const hashes = async (sql: string): Promise<{ user: string; generic: string }[]> => {
      const client = await redshift.connect({ user: 'awsuser', database: 'dev' });
      await client.query(sql);
      const { rows } = await admin.query<{ user: string; generic: string }>(
        `select user_query_hash as user, generic_query_hash as generic from sys_query_history where query_text like $1`,
        [`${sql}%`],
      );
      await client.end();
      return rows;
    };
    const [[first], [second]] = [await hashes("select 'it''s' as c1, 7"), await hashes("select 'x' as c1, 12.5")];
    expect(first?.generic.trim()).toMatch(/^[0-9a-f]{32}$/);
    expect(second?.generic).toBe(first?.generic);
    expect(second?.user).not.toBe(first?.user);
    expect((await hashes("select 'x' as c2, 12.5"))[0]?.generic).not.toBe(first?.generic);
  });
});
