/** The classes of the source document that are stored in tables of their own, with their members as printed there. */
export const SEED_CLASSES = {
  Chat: `ChatId SessionId SiteId AgentIds Start End PreChatName PreChatCompany PreChatPhone PreChatEmail
    PreChatProductService PreChatDepartmentId PreChatDepartmentName AgentComment Messages SocialMediaSource
    SocialProfileUrl ChatType IfAudioChatHappened IfVideoChatHappened ChatSource MissedChatStatus RequestTime
    IfEnterQueue AgentAvgResponseTime LasMessageSendBy IfNewTicket TicketId RequestPageTitle RequestPageUrl RatingGrade
    RatingComment CustomFields CustomVariable TransferLogs Attachments Cobrowse BotActions`,
  ChatMessage: "Id ChatAction SenderType SenderName Message translatedMessage Attachement Time",
  Visitor: "Id Country City TimeZone Language LastName LastEmail RelatedType RelatedId segmentIds",
  Salesforce: "PurposeChatEnd Cases Tasks Leads CreateContact UpdateContact",
  SalesforceFieldValue: "Name value DisplayValue",
  ChatTransferLog: "Time TransferType FromId ToId AgentId IfSuccess",
  Attachment: "Uid FilePath Url IsNoteFile",
  Cobrowse: "Start End Status",
  BotAction: "Guid ChatId OriginalQuestion StandardQuestionId BotAnswerType RateType IfDeleted Time IsAdd",
  Wrapup: "SiteId AgentId ChatId CategoryId CategoryList Comment SubmitTime CustomFields",
  Rating: "SiteId ChatId ChatGuid ratingGrade ratingComment CustomFields CustomVariables",
  CustomField: "Id Name Value",
  CustomVariable: "Id Name value url",
};

/** Members whose printed spelling is not the stored one. */
export const CORRECT_SPELLING: Record<string, string> = {
  Attachement: "Attachment",
  CampainId: "CampaignId",
  CannedMessgeId: "CannedMessageId",
  CookIdenitityId: "CookieIdentityId",
  CustomVariable: "CustomVariables",
  InvitaionId: "InvitationId",
  LasMessageSendBy: "LastMessageSendBy",
  SetNumber: "SentNumber",
  Stauts: "Status",
  ratingComment: "RatingComment",
  ratingGrade: "RatingGrade",
  segmentIds: "SegmentIds",
  translatedMessage: "TranslatedMessage",
  url: "Url",
  value: "Value",
  visitorId: "VisitorId",
};

/** The document in corrected spelling. */
export function corrected(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(corrected);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([member, content]) => [
      CORRECT_SPELLING[member] ?? member,
      corrected(content),
    ]),
  );
}

/** The document with the times of its members in one spelling. */
export function withCanonicalTimes(value: unknown, canonical: (time: string) => string): unknown {
  if (Array.isArray(value)) return value.map((element) => withCanonicalTimes(element, canonical));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([member, content]) => [member, withCanonicalTimes(content, canonical)]),
    );
  }
  return typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) ? canonical(value) : value;
}
