import { code } from "./code.ts";
import { record } from "./record.ts";
import { id, long, optional, optionalId, optionalLong, text } from "./values.ts";

const IP_RANGE = 2;

/** Data of `ban.added`. */
export const banAdded = record(
  {
    SiteId: id,
    AgentId: optionalId,
    BanType: code(["visitorId", "ip", "ipRange"]),
    IpFromOrVisitorId: long,
    IpTo: optionalLong,
    Comment: optional(text),
    OperatorId: optionalId,
  },
  { SiteId: "accountId" },
).refine((ban) => ban.banType !== IP_RANGE || ban.ipTo !== null, {
  path: ["IpTo"],
  message: "expected the number of the range's last address",
});
