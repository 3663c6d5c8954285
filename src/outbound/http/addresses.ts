import ipaddr from "ipaddr.js";

/** Which addresses may be called besides public ones: all, or those of some networks (CIDR). */
export type PrivateAddresses = "allow" | readonly string[];

/** Of the whole IPv6 only this is given out as addresses of the internet (RFC 4291, 2.4). */
const GLOBAL_UNICAST = ipaddr.parseCIDR("2000::/3");

/**
 * What hands out a cloud machine's own credentials, or takes orders for it: nobody's destination, whatever is allowed. Some are in no
 * private network, as Azure's 168.63.129.16.
 */
const METADATA = new Set(
  [
    "168.63.129.16", // Azure's wire server
    "169.254.169.254", // nearly everybody's
    "169.254.169.253", // AWS: names
    "169.254.170.2", // AWS: tasks
    "169.254.170.23", // AWS: pods
    "169.254.0.23", // Tencent
    "100.100.100.200", // Alibaba
    "192.0.0.192", // Oracle
    "fd00:ec2::254", // AWS
    "fd00:ec2::253", // AWS: names
    "fd00:ec2::23", // AWS: pods
    "fd20:ce::254", // Google
  ].map((address) => ipaddr.parse(address).toNormalizedString()),
);

/**
 * Whether an address may be connected to. Public ones; of others (private, loopback, link-local, multicast, reserved, and IPv6 that
 * stands for IPv4, which may lead anywhere) those that are allowed. Without encryption only the latter: nothing leaves for the
 * internet in the clear. Those of a cloud's metadata never.
 */
export function mayConnect(
  address: string,
  isEncrypted: boolean,
  privateAddresses: PrivateAddresses,
): boolean {
  const parsed = judged(address);
  if (METADATA.has(parsed.toNormalizedString())) return false;
  return (isEncrypted && isPublic(parsed)) || isAllowed(parsed, privateAddresses);
}

/** An IPv4 address in the clothes of IPv6 (::ffff:10.0.0.1) is connected to as IPv4, and judged as that. */
function judged(address: string): ipaddr.IPv4 | ipaddr.IPv6 {
  return ipaddr.process(address);
}

function isAllowed(address: ipaddr.IPv4 | ipaddr.IPv6, privateAddresses: PrivateAddresses): boolean {
  if (privateAddresses === "allow") return true;
  return privateAddresses.some((network) => {
    const [base, bits] = ipaddr.parseCIDR(network);
    return base.kind() === address.kind() && address.match(base, bits);
  });
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address.range() !== "unicast") return false;
  return address.kind() === "ipv4" || address.match(GLOBAL_UNICAST);
}
