import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LinkKeys } from '../../src/snooze-link/link-keys.ts';
import { signClaim, verifyToken } from '../../src/snooze-link/sign-link.ts';
import { claimText, type SnoozeClaim } from '../../src/snooze-link/snooze-claim.ts';

const KEY = Buffer.from('k'.repeat(64));
const OLDER = Buffer.from('o'.repeat(64));
const NOW = new Date('2026-11-20T15:10:00.000Z');
const CLAIM: SnoozeClaim = {
  identity: { target: 'analytics', pid: 1073, startedAt: '2026-11-20T09:12:44Z', user: 'bi_reader' },
  idleSince: '2026-11-20T13:58:02.123456Z',
  seconds: 28_800,
  expiresAt: NOW.getTime() / 1000 + 60,
};

const keysOf = (...keys: Buffer[]): LinkKeys => ({
  signing: async () => keys[0] ?? KEY,
  accepted: async () => keys,
});

describe('a link', () => {
  it('is taken back as it was signed, whatever the names in it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1, unit: 'grapheme' }),
        fc.string({ unit: 'grapheme' }),
        async (target, user) => {
          const claim = { ...CLAIM, identity: { ...CLAIM.identity, target, user } };
          expect(await verifyToken(signClaim(claim, KEY), keysOf(KEY), NOW)).toEqual(claim);
        },
      ),
    );
  });

  it('is short enough for a mail of plain text', () => {
    expect(signClaim(CLAIM, KEY).length).toBeLessThan(220);
  });

  it('whose letters were changed is forged or broken, wherever and whichever', async () => {
    const token = signClaim(CLAIM, KEY);
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom(...'AQgw059-_.zZ%'), async (at, letter) => {
        // The last letter of a MAC has two bits that mean nothing: another text of the same bytes is the same MAC.
        fc.pre(token[at] !== letter && at !== token.length - 1);
        const changed = token.slice(0, at) + letter + token.slice(at + 1);
        await expect(verifyToken(changed, keysOf(KEY), NOW)).rejects.toMatchObject({
          name: expect.stringMatching(/^Link(Forged|Malformed)$/),
        });
      }),
    );
  });

  it.each(['', 'x', '.', `${'a'.repeat(3000)}.${'b'.repeat(43)}`, signClaim(CLAIM, KEY).slice(0, -5)])(
    'that is not whole is malformed: %#',
    async (token) => {
      await expect(verifyToken(token, keysOf(KEY), NOW)).rejects.toMatchObject({ name: 'LinkMalformed' });
    },
  );

  it('of another key is forged; of the key before it is taken; after another rotation it is forged', async () => {
    const token = signClaim(CLAIM, OLDER);
    await expect(verifyToken(token, keysOf(KEY), NOW)).rejects.toMatchObject({ name: 'LinkForged' });
    expect(await verifyToken(token, keysOf(KEY, OLDER), NOW)).toEqual(CLAIM);
  });

  it('of a key that is newer than the keys at hand makes them be read again, once', async () => {
    const asked: boolean[] = [];
    const keys: LinkKeys = {
      signing: async () => KEY,
      accepted: async (fresh) => {
        asked.push(fresh);
        return fresh ? [KEY, OLDER] : [OLDER];
      },
    };
    expect(await verifyToken(signClaim(CLAIM, KEY), keys, NOW)).toEqual(CLAIM);
    expect(asked).toEqual([false, true]);
  });

  it('of the same key for another purpose is forged', async () => {
    const payload = Buffer.from(claimText(CLAIM)).toString('base64url');
    const mac = createHmac('sha256', KEY).update(payload).digest('base64url');
    await expect(verifyToken(`${payload}.${mac}`, keysOf(KEY), NOW)).rejects.toMatchObject({ name: 'LinkForged' });
  });

  it('is good until the second in which it expires, and not in it', async () => {
    const token = signClaim(CLAIM, KEY);
    const end = CLAIM.expiresAt * 1000;
    expect(await verifyToken(token, keysOf(KEY), new Date(end - 1))).toEqual(CLAIM);
    await expect(verifyToken(token, keysOf(KEY), new Date(end))).rejects.toMatchObject({ name: 'LinkExpired' });
  });
});
