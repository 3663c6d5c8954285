import { code } from "./code.ts";
import { customField, customVariable } from "./custom.ts";
import { record } from "./record.ts";
import {
  bytes,
  id,
  int,
  list,
  optional,
  optionalChatGuid,
  optionalId,
  optionalLong,
  optionalVisitorId,
  text,
} from "./values.ts";

/** Data of `offlineMessage.submitted`. */
export const offlineMessageSubmitted = record(
  {
    VisitorId: optionalVisitorId,
    VisitorName: optional(text),
    VisitorEmail: optional(text),
    VisitorCompany: optional(text),
    VisitorPhone: optional(text),
    City: optional(text),
    Country: optional(text),
    TimeZone: optional(text),
    Language: optional(text),
    SiteId: id,
    SessionId: optionalLong,
    SourceChatId: optionalChatGuid,
    CampaignId: optionalId,
    TicketId: optionalId,
    RouteToId: optionalId,
    RouteToType: optional(code(["site", "department", "operator", "empty", "offlineMessage"])),
    ChatSource: optional(code(["chatButton", "autoInvitation", "manuallyInvitation"])),
    RequestPageTitle: optional(text),
    RequestPageUrl: optional(text),
    AutoInvitationId: optionalId,
    ProductService: optional(text),
    Segments: list(int),
    AttachmentName: optional(text),
    AttachmentContent: optional(bytes),
    CustomFields: list(customField),
    CustomVariables: list(customVariable),
    Title: optional(text),
    Content: optional(text),
  },
  { SiteId: "accountId", SourceChatId: "sourceChatGuid", Segments: "segmentIds" },
).refine(({ title, content, attachmentContent }) => title || content || attachmentContent, {
  path: ["Content"],
  message: "expected text, here or in Title, or an attachment",
});
