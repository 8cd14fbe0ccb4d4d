import { describe, expect, it } from 'vitest';
import { isNoSlotLeft } from '../../src/warehouse/is-no-slot-left.ts';

describe('isNoSlotLeft', () => {
  it.each([
    'FATAL: sorry, too many clients already',
    'FATAL: remaining connection slots are reserved for roles with the SUPERUSER attribute',
    'FATAL: connection limit "500" exceeded for non-bootstrap users',
    'FATAL: too many connections for role "bi_reader"',
    'some words (SQLSTATE 53300)',
  ])('knows %j', (message) => {
    expect(isNoSlotLeft(message)).toBe(true);
  });

  it.each(['ERROR: permission denied for relation stl_connection_log', 'ERROR: column "533001" does not exist'])(
    'does not mistake %j for it',
    (message) => {
      expect(isNoSlotLeft(message)).toBe(false);
    },
  );
});
