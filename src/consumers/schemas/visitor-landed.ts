import { record } from "./record.ts";
import { id, int, optionalId } from "./values.ts";

/** Data of `visitor.landed`. */
export const visitorLanded = record(
  { SiteId: id, CampaignId: optionalId, VisitCount: int },
  { SiteId: "accountId" },
);
