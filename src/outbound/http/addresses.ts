import ipaddr from "ipaddr.js";

/** Which addresses may be called besides public ones: all, or those of some networks (CIDR). */
export type PrivateAddresses = "allow" | readonly string[];

/** Of the whole IPv6 only this is given out as addresses of the internet (RFC 4291, 2.4). */
const GLOBAL_UNICAST = ipaddr.parseCIDR("2000::/3");

/**
 * Whether an address may be connected to. Public ones; of others (private, loopback, link-local, multicast, reserved, and IPv6 that
 * stands for IPv4, which may lead anywhere) those that are allowed. Without encryption only the latter: nothing leaves for the
 * internet in the clear.
 */
export function mayConnect(
  address: string,
  isEncrypted: boolean,
  privateAddresses: PrivateAddresses,
): boolean {
  if (privateAddresses === "allow") return true;
  // An IPv4 address in the clothes of IPv6 (::ffff:10.0.0.1) is connected to as IPv4, and judged as that.
  const parsed = ipaddr.process(address);
  if (isEncrypted && isPublic(parsed)) return true;
  return privateAddresses.some((network) => {
    const [base, bits] = ipaddr.parseCIDR(network);
    return base.kind() === parsed.kind() && parsed.match(base, bits);
  });
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address.range() !== "unicast") return false;
  return address.kind() === "ipv4" || address.match(GLOBAL_UNICAST);
}
