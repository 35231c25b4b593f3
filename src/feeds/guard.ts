import ipaddr from 'ipaddr.js';

const NAT64 = ipaddr.parseCIDR('64:ff9b::/96');
const GLOBAL = ipaddr.parseCIDR('2000::/3');

/** The IPv4 address that an IPv6 address carries: mapped (RFC 4291) or translated by NAT64 (RFC 6052). */
function carriedAddress(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  return address.match(NAT64) ? new ipaddr.IPv4(address.toByteArray().slice(12)) : null;
}

/**
 * Whether an IP address belongs to the public internet: not private, loopback, link-local, carrier-grade NAT, multicast,
 * reserved, nor an IPv6 form that carries such an address (IANA special-purpose registries; RFC 6890).
 */
export function isPublicAddress(ip: string): boolean {
  if (!ipaddr.isValid(ip)) return false;
  const address = ipaddr.parse(ip);
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast';
  const carried = carriedAddress(address);
  if (carried) return carried.range() === 'unicast';
  return address.match(GLOBAL) && address.range() === 'unicast';
}
