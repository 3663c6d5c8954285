import type { z } from "zod";
import { customField } from "./custom.ts";
import { record } from "./record.ts";
import { id, int, list, optional, text, time } from "./values.ts";

/** Data of `chat.wrapup.submitted`. The chat is named by its number. */
export const chatWrapupSubmitted = record(
  {
    SiteId: id,
    AgentId: id,
    ChatId: id,
    CategoryId: optional(int),
    CategoryList: list(int),
    Comment: optional(text),
    SubmitTime: time,
    CustomFields: list(customField),
  },
  { SiteId: "accountId", ChatId: "chatNumber", CategoryList: "categoryIds", SubmitTime: "submittedAt" },
);

export type ChatWrapupSubmitted = z.output<typeof chatWrapupSubmitted>;
