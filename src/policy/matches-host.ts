import ipaddr from 'ipaddr.js';
import { coversGlob } from './covers-glob.ts';
import { matchesGlob } from './matches-glob.ts';

/** Whether a pattern of a client host is meant as a range of addresses: names and addresses have no slash. */
export function isCidr(pattern: string): boolean {
  return pattern.includes('/');
}

/**
 * Whether a client's address fits a pattern with `*` and `?`, or lies within a range such as `10.1.0.0/16` or `2001:db8::/32`.
 * Addresses of IPv4 that come dressed as IPv6 (`::ffff:10.1.2.3`) are those of IPv4. An empty address lies nowhere.
 */
export function matchesHost(pattern: string, host: string): boolean {
  const address = addressOf(host);
  if (!isCidr(pattern)) {
    return matchesGlob(pattern, host) || (address !== null && matchesGlob(pattern, address.toString()));
  }
  const range = rangeOf(pattern);
  return address !== null && range !== null && address.kind() === range[0].kind() && address.match(range);
}

/** Whether whatever fits one pattern surely fits the other. */
export function coversHost(wide: string, narrow: string): boolean {
  if (!isCidr(wide)) {
    return isCidr(narrow) ? /^\*+$/.test(wide) : coversGlob(wide, narrow);
  }
  const range = rangeOf(wide);
  const inner = isCidr(narrow) ? rangeOf(narrow) : hostRange(narrow);
  return (
    range !== null &&
    inner !== null &&
    range[0].kind() === inner[0].kind() &&
    range[1] <= inner[1] &&
    inner[0].match(range)
  );
}

type Range = ReturnType<typeof ipaddr.parseCIDR>;

function rangeOf(pattern: string): Range | null {
  return ipaddr.isValidCIDR(pattern) ? ipaddr.parseCIDR(pattern) : null;
}

function hostRange(host: string): Range | null {
  const address = addressOf(host);
  return address === null ? null : [address, address.kind() === 'ipv4' ? 32 : 128];
}

function addressOf(host: string) {
  const text = host.trim();
  return ipaddr.isValid(text) ? ipaddr.process(text) : null;
}
