import { record } from "./record.ts";
import { id, int, list, optional, optionalId, time } from "./values.ts";

const autoInvitationLog = record(
  {
    CampaignId: optionalId,
    InvitationId: id,
    SentNumber: optional(int),
    AcceptNumber: optional(int),
    RefuseNumber: optional(int),
    Time: time,
  },
  { SentNumber: "sentCount", AcceptNumber: "acceptedCount", RefuseNumber: "refusedCount", Time: "countedAt" },
);

/** Data of the event `autoInvitation.` and that kind. */
export const autoInvitation = (kind: "sent" | "accepted" | "refused") =>
  record({ SiteId: id, Logs: list(autoInvitationLog) }, { SiteId: "accountId" }).transform((counts) => ({
    ...counts,
    kind,
  }));
