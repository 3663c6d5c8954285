import { describe, expect, it } from "vitest";
import { useDatabase } from "../../setup/database.ts";
import { AGENT, at, BOT, chat, message, SYSTEM, transfer, useChats, VISITOR } from "./use-chats.ts";

const db = useDatabase();
const { store, messagesOf } = useChats(db);

describe("the messages of a chat", () => {
  it("say who wrote, and who had the chat then", async () => {
    const dialog = await store(
      chat({
        RequestTime: at("08:58:00"),
        Messages: [
          message("08:59:00", BOT, "bot"),
          message("08:59:30", VISITOR, "visitor"),
          message("09:00:00", SYSTEM, "system"),
          message("09:01:00", AGENT, "first agent"),
          message("09:03:00", AGENT, "second agent"),
          message("09:03:30", VISITOR, "visitor again"),
        ],
        TransferLogs: [transfer("09:03:00", 22)],
      }),
    );
    expect(await messagesOf(dialog.id)).toEqual([
      { content: "bot", type: 1, sender: "AgentBot", id: null, assigned: null },
      { content: "visitor", type: 0, sender: "Contact", id: dialog.contact_id, assigned: null },
      { content: "system", type: 2, sender: null, id: null, assigned: "21" },
      { content: "first agent", type: 1, sender: "User", id: 21, assigned: "21" },
      { content: "second agent", type: 1, sender: "User", id: 22, assigned: "22" },
      { content: "visitor again", type: 0, sender: "Contact", id: dialog.contact_id, assigned: "22" },
    ]);
  });

  it("belong to an agent who wrote before the chat began, by the chat's own account", async () => {
    const dialog = await store(chat({ Messages: [message("08:59:59.9", AGENT)] }));
    expect(await messagesOf(dialog.id)).toMatchObject([{ id: 21, assigned: "21" }]);
  });
});
