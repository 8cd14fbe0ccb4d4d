import ipaddr from 'ipaddr.js';
import { isCidr } from '../policy/matches-host.ts';
import { FEW_STARS } from './few-stars.ts';
import { pattern } from './fields.ts';

const expected = 'an address, a pattern with * (at most five of them) and ?, or a range such as 10.1.0.0/16';

/** A client host: an address, a pattern, or a range of addresses, which must be one that there is. */
export const hostPattern = pattern(FEW_STARS, expected).refine(
  (value) => !isCidr(value) || ipaddr.isValidCIDR(value),
  'a range of addresses that there is, such as 10.1.0.0/16 or 2001:db8::/32',
);
