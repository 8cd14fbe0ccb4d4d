import { describe, expect, it } from 'vitest';
import { postgresFailure } from '../../src/warehouse/postgres-failure.ts';

const PLACE = { target: 'orders', host: 'db.example.com', port: 5432, database: 'orders', user: 'slotkeeper' };

/** What the driver throws for an error of the server; its words are in the language of lc_messages. */
const saidInWords = (code: string, message: string) => Object.assign(new Error(message), { code, severity: 'FATAL' });

describe('what a server’s refusal means', () => {
  it.each([
    ['German', 'die verbleibenden Verbindungen sind für Rollen mit dem SUPERUSER-Attribut reserviert'],
    ['French', 'désolé, trop de clients sont déjà connectés'],
    ['Japanese', '現在クライアント数が多すぎます'],
    ['no words at all', ''],
  ])('is no slot left by SQLSTATE 53300, in %s', (_language, message) => {
    expect(postgresFailure(saidInWords('53300', message), PLACE, 'signing-in')).toMatchObject({
      name: 'NoSlotLeft',
      code: '53300',
      message: expect.stringContaining('pg_use_reserved_connections'),
    });
  });

  it('is not no slot left by its words alone', () => {
    const words = 'sorry, too many clients already (53300)';
    expect(postgresFailure(saidInWords('57P03', words), PLACE, 'signing-in').name).toBe('ServerUnreachable');
    expect(postgresFailure(saidInWords('28P01', words), PLACE, 'signing-in').name).toBe('SignInRefused');
    expect(postgresFailure(new Error(words), PLACE, 'open').name).toBe('ServerGone');
  });
});
