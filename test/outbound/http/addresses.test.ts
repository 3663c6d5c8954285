import fc from "fast-check";
import { expect, it } from "vitest";
import { mayConnect } from "../../../src/outbound/http/addresses.ts";

it.each(["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8"])(
  "%s may be called, with encryption",
  (address) => {
    expect(mayConnect(address, true, [])).toBe(true);
    expect(mayConnect(address, false, [])).toBe(false);
  },
);

it.each([
  ["this network", "0.0.0.0"],
  ["this network", "0.1.2.3"],
  ["private", "10.0.0.1"],
  ["private", "172.31.255.255"],
  ["private", "192.168.1.1"],
  ["loopback", "127.0.0.1"],
  ["loopback", "127.255.0.1"],
  ["link-local", "169.254.1.1"],
  ["carrier", "100.64.0.1"],
  ["documentation", "192.0.2.1"],
  ["benchmarks", "198.18.0.1"],
  ["6to4 relay", "192.88.99.1"],
  ["multicast", "224.0.0.1"],
  ["reserved", "240.0.0.1"],
  ["broadcast", "255.255.255.255"],
  ["unspecified", "::"],
  ["loopback", "::1"],
  ["IPv4 mapped", "::ffff:127.0.0.1"],
  ["IPv4 mapped", "::ffff:a00:1"],
  ["IPv4 compatible", "::127.0.0.1"],
  ["IPv4 translated", "::ffff:0:127.0.0.1"],
  ["NAT64", "64:ff9b::127.0.0.1"],
  ["NAT64 of one's own", "64:ff9b:1::7f00:1"],
  ["6to4", "2002:7f00:1::"],
  ["Teredo", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
  ["unique local", "fd00::1"],
  ["link-local", "fe80::1"],
  ["link-local of an interface", "fe80::1%eth0"],
  ["site-local", "fec0::1"],
  ["multicast", "ff02::1"],
  ["documentation", "2001:db8::1"],
  ["documentation", "3fff::1"],
  ["discard", "100::1"],
])("an address that is %s, %s, is not called", (_kind, address) => {
  expect(mayConnect(address, true, [])).toBe(false);
  expect(mayConnect(address, true, ["203.0.113.0/24"])).toBe(false);
  expect(mayConnect(address, false, "allow")).toBe(true);
});

it.each([
  "168.63.129.16",
  "::ffff:168.63.129.16",
  "169.254.169.254",
  "169.254.170.2",
  "100.100.100.200",
  "192.0.0.192",
  "fd00:ec2::254",
  "fd00:0ec2:0:0::254",
])("%s, where a cloud tells its machines secrets, is not called, whatever is allowed", (address) => {
  for (const allowed of [[], ["0.0.0.0/0", "::/0"], "allow"] as const) {
    expect(mayConnect(address, true, allowed)).toBe(false);
    expect(mayConnect(address, false, allowed)).toBe(false);
  }
});

it("addresses of networks that are allowed may be called, without encryption too", () => {
  const networks = ["10.20.0.0/16", "fd00::/8"];
  expect(mayConnect("10.20.3.4", false, networks)).toBe(true);
  expect(mayConnect("::ffff:10.20.3.4", true, networks)).toBe(true);
  expect(mayConnect("fd12::1", false, networks)).toBe(true);
  expect(mayConnect("10.21.0.1", true, networks)).toBe(false);
  expect(mayConnect("fe80::1", true, networks)).toBe(false);
});

it("no address of IPv6 outside of 2000::/3 may be called, whatever it is", () => {
  const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 7, maxLength: 7 });
  const first = fc.oneof(fc.integer({ min: 1, max: 0x1fff }), fc.integer({ min: 0x4000, max: 0xffff }));
  fc.assert(
    fc.property(first, groups, (head, tail) => {
      const address = [head, ...tail].map((group) => group.toString(16)).join(":");
      expect(mayConnect(address, true, [])).toBe(false);
    }),
  );
});
