import { randomUUID } from "node:crypto";

const BYTES = 900;

/** A `chat.ended` of 900 bytes, with a chat of its own, that the persistence consumer accepts. */
export function chatEnded(members: Record<string, unknown> = {}): string {
  const chat = {
    ChatId: randomUUID(),
    SessionId: 9182736455,
    SiteId: 1001,
    AgentIds: [21],
    Start: "2026-03-02T09:14:32.5170000Z",
    End: "2026-03-02T09:27:41.0480000Z",
    PreChatName: "Daryna Koval",
    PreChatEmail: "daryna.koval@example.com",
    PreChatDepartmentId: 12,
    RequestPageUrl: "https://shop.example.com/uk/orders/88214?from=mail",
    RatingGrade: 5,
    ...members,
    Messages: [
      message(1, 0, "Hello, order 88214 has not arrived yet."),
      message(2, 1, "I look into it this moment."),
      message(3, 1, ""),
    ],
  };
  const last = chat.Messages[2]!;
  last.Message = "x".repeat(BYTES - JSON.stringify(chat).length);
  return JSON.stringify(chat);
}

function message(Id: number, SenderType: number, Message: string) {
  return { Id, ChatAction: 0, SenderType, Message, Time: "2026-03-02T09:14:58.2034000Z" };
}
