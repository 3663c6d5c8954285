import type { z } from "zod";
import { customField, customVariable } from "./custom.ts";
import { record } from "./record.ts";
import { id, int, list, optional, optionalChatGuid, optionalChatNumber, text } from "./values.ts";

/** Data of `chat.rating.submitted`. The chat is named by number, GUID or both. */
export const chatRatingSubmitted = record(
  {
    SiteId: id,
    ChatId: optionalChatNumber,
    ChatGuid: optionalChatGuid,
    RatingGrade: int,
    RatingComment: optional(text),
    CustomFields: list(customField),
    CustomVariables: list(customVariable),
  },
  { SiteId: "accountId", ChatId: "chatNumber" },
).refine((rating) => rating.chatNumber !== null || rating.chatGuid !== null, {
  path: ["ChatId"],
  message: "expected the number of the chat, here or its GUID in ChatGuid",
});

export type ChatRatingSubmitted = z.output<typeof chatRatingSubmitted>;
