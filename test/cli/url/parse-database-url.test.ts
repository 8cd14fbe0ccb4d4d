import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDatabaseUrl } from '../../../src/cli/url/parse-database-url.ts';

const defaults = { osUser: 'ann', env: {} };

describe('parseDatabaseUrl', () => {
  it('reads every part, and shows the URL without its password', () => {
    expect(parseDatabaseUrl('postgresql://ops:s%40crets@DB.example.com:6432/app%2F1', defaults)).toEqual({
      host: 'db.example.com',
      port: 6432,
      database: 'app/1',
      user: 'ops',
      password: 's@crets',
      tls: { mode: 'verify-full', ca: null },
      shown: 'postgres://ops@db.example.com:6432/app%2F1',
      notes: [],
    });
  });

  it('takes what libpq would take where the URL says nothing', () => {
    expect(parseDatabaseUrl('postgres://localhost', defaults)).toMatchObject({
      user: 'ann',
      database: 'ann',
      port: 5432,
      password: null,
    });
    const env = { PGUSER: 'ops', PGDATABASE: 'app', PGPORT: '6000', PGHOST: 'db.example.com' };
    expect(parseDatabaseUrl('postgres://', { osUser: 'ann', env })).toMatchObject({
      host: 'db.example.com',
      user: 'ops',
      database: 'app',
      port: 6000,
      shown: 'postgres://ops@db.example.com:6000/app',
    });
  });

  it('reads IPv6 addresses and the folder of a Unix socket', () => {
    expect(parseDatabaseUrl('postgres://[::1]:5433/app', defaults)).toMatchObject({
      host: '::1',
      shown: 'postgres://ann@[::1]:5433/app',
    });
    expect(parseDatabaseUrl('postgres:///app?host=/var/run/postgresql', defaults)).toMatchObject({
      host: '/var/run/postgresql',
      tls: { mode: 'off' },
      shown: 'postgres://ann@/app?host=%2Fvar%2Frun%2Fpostgresql',
    });
  });

  it('checks the server off loopback whatever is asked for, and says so', () => {
    const tlsOf = (text: string) => {
      const { tls, notes } = parseDatabaseUrl(text, defaults);
      return [tls.mode, notes.length];
    };
    expect(tlsOf('postgres://db.example.com/app')).toEqual(['verify-full', 0]);
    expect(tlsOf('postgres://db.example.com/app?sslmode=require')).toEqual(['verify-full', 1]);
    expect(tlsOf('postgres://db.example.com/app?sslmode=prefer')).toEqual(['verify-full', 1]);
    expect(tlsOf('postgres://127.0.0.1/app')).toEqual(['off', 0]);
    expect(tlsOf('postgres://localhost/app?sslmode=require')).toEqual(['verify-full', 1]);
    expect(parseDatabaseUrl('postgres://db.example.com/app?sslrootcert=/etc/ca.pem', defaults).tls).toEqual({
      mode: 'verify-full',
      ca: '/etc/ca.pem',
    });
    expect(() => parseDatabaseUrl('postgres://db.example.com/app?sslmode=disable', defaults)).toThrow(
      /Expected a connection to db\.example\.com to be encrypted/,
    );
  });

  it.each([
    ['redshift://wg.example.com/dev', /got a redshift address\. Redshift is reached through its Data API/],
    ['mysql://localhost/dev', /got the scheme mysql/],
    ['db.example.com', /got no scheme/],
    ['postgres:///app', /names no host/],
    ['postgres://localhost/app?options=-c', /got the parameter "options"/],
    ['postgres://localhost/app?sslmode=on', /Expected sslmode to be one of disable, allow/],
    ['postgres://ops:50%@localhost/app', /Write % itself as %25/],
  ])('refuses %s', (text, message) => {
    expect(() => parseDatabaseUrl(text, defaults)).toThrow(message);
  });

  it('never repeats a password, neither in what it shows nor in a message', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Z]{8,20}$/),
        fc.constantFrom('x', 'postgres', 'redshift'),
        (password, scheme) => {
          const text = `${scheme}://ops:${password}%@db.example.com:99999/app?sslmode=on`;
          try {
            expect(JSON.stringify({ ...parseDatabaseUrl(text, defaults), password: null })).not.toContain(password);
          } catch (error) {
            expect(String(error)).not.toContain(password);
          }
          const read = parseDatabaseUrl(`postgres://ops:${password}@localhost/app`, defaults);
          expect(read.password).toBe(password);
          expect(read.shown).not.toContain(password);
        },
      ),
    );
  });
});
