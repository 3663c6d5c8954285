import fc from "fast-check";
import { expect, it } from "vitest";
import { useDatabase } from "../setup/database.ts";
import { type Document, deliver } from "./deliver.ts";
import { corrected, withCanonicalTimes } from "./seed-classes.ts";
import { canonicalTime, storedChat } from "./stored.ts";

const db = useDatabase();

// Text as jsonb can hold it: no NUL, no lone surrogates.
const text = fc.string({ unit: "grapheme", maxLength: 40 }).map((value) => value.replaceAll("\0", ""));
const identifier = fc.string({ minLength: 1, maxLength: 60, unit: "grapheme-ascii" });
const int = fc.integer({ min: -2147483648, max: 2147483647 });
const long = fc.maxSafeInteger();
const upTo = (highest: number, lowest = 0) => fc.integer({ min: lowest, max: highest });
const time = fc
  .tuple(
    fc.date({ min: new Date("1970-01-01"), max: new Date("2099-12-31"), noInvalidDate: true }),
    upTo(9999),
  )
  .map(([date, digits]) => date.toISOString().replace("Z", `${String(digits).padStart(4, "0")}Z`));
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const listOf = <T>(element: fc.Arbitrary<T>) => fc.array(element, { maxLength: 4 });

const customField = fc.record({ Id: int, Name: orNull(text), Value: orNull(text) });
const customVariable = fc.record({ Id: int, Name: orNull(text), value: orNull(text), url: orNull(text) });
const fieldValue = fc.record({ Name: text, value: orNull(text), DisplayValue: orNull(text) });

const chat = fc
  .record({
    ChatId: identifier,
    // 0 is unset.
    SessionId: orNull(long.filter((id) => id !== 0)),
    SiteId: fc.integer({ min: 1, max: 5 }),
    AgentIds: listOf(int),
    Start: time,
    End: time,
    PreChatName: orNull(text),
    PreChatCompany: orNull(text),
    PreChatPhone: orNull(text),
    PreChatEmail: orNull(text),
    PreChatProductService: orNull(text),
    PreChatDepartmentId: orNull(int),
    PreChatDepartmentName: orNull(text),
    AgentComment: orNull(text),
    Messages: listOf(
      fc.record({
        Id: int,
        ChatAction: orNull(int),
        SenderType: upTo(3),
        SenderName: orNull(text),
        Message: orNull(text),
        translatedMessage: orNull(text),
        Attachement: orNull(text),
        Time: time,
      }),
    ),
    SocialMediaSource: orNull(upTo(2)),
    SocialProfileUrl: orNull(text),
    ChatType: orNull(upTo(3)),
    IfAudioChatHappened: orNull(fc.boolean()),
    IfVideoChatHappened: orNull(fc.boolean()),
    ChatSource: orNull(upTo(2)),
    MissedChatStatus: orNull(upTo(3)),
    RequestTime: orNull(time),
    IfEnterQueue: orNull(fc.boolean()),
    AgentAvgResponseTime: orNull(fc.integer({ min: 0, max: 100_000 }).map((eighths) => eighths / 8)),
    LasMessageSendBy: orNull(upTo(2, -1)),
    IfNewTicket: orNull(fc.boolean()),
    TicketId: orNull(text),
    RequestPageTitle: orNull(text),
    RequestPageUrl: orNull(text),
    RatingGrade: orNull(int),
    RatingComment: orNull(text),
    CustomFields: listOf(customField),
    CustomVariable: listOf(customVariable),
    TransferLogs: listOf(
      fc.record({
        Time: time,
        TransferType: upTo(1),
        FromId: orNull(int),
        ToId: orNull(int),
        AgentId: orNull(int),
        IfSuccess: orNull(fc.boolean()),
      }),
    ),
    Attachments: listOf(
      fc.record({
        Uid: identifier,
        FilePath: orNull(text),
        Url: orNull(text),
        IsNoteFile: orNull(fc.boolean()),
      }),
    ),
    Cobrowse: orNull(fc.record({ Start: time, End: orNull(time), Status: orNull(upTo(3)) })),
    BotActions: listOf(
      fc.record({
        Guid: identifier,
        ChatId: orNull(int),
        OriginalQuestion: orNull(text),
        StandardQuestionId: orNull(int),
        BotAnswerType: orNull(upTo(2)),
        RateType: orNull(int),
        IfDeleted: orNull(fc.boolean()),
        Time: time,
        IsAdd: orNull(fc.boolean()),
      }),
    ),
    Visitor: orNull(
      fc.record({
        Id: identifier.filter((id) => id !== "0"),
        Country: orNull(text),
        City: orNull(text),
        TimeZone: orNull(int),
        Language: orNull(text),
        LastName: orNull(text),
        LastEmail: orNull(text),
        RelatedType: orNull(upTo(6)),
        RelatedId: orNull(long),
        segmentIds: listOf(int),
      }),
    ),
    Salesforce: orNull(
      fc.record({
        PurposeChatEnd: upTo(10),
        Cases: listOf(fieldValue),
        Tasks: listOf(fieldValue),
        Leads: listOf(fieldValue),
        CreateContact: listOf(fieldValue),
        UpdateContact: listOf(fieldValue),
      }),
    ),
  })
  .map((document) =>
    document.Start <= document.End ? document : { ...document, Start: document.End, End: document.Start },
  );

it("any chat comes back as it was, in either spelling, whether members are null or missing", async () => {
  let eventId = 0;
  await fc.assert(
    fc.asyncProperty(chat, fc.boolean(), fc.boolean(), async (document, spellCorrectly, leaveOutNulls) => {
      eventId += 1;
      const spelled = spellCorrectly ? corrected(document) : document;
      const data = leaveOutNulls ? withoutNulls(spelled) : spelled;
      await deliver(db.pool, { id: eventId, name: "chat.ended", data, putAt: new Date("2100-01-01") });
      expect(await storedChat(db.pool, eventId)).toEqual(
        withCanonicalTimes(corrected(document), canonicalTime),
      );
    }),
    { numRuns: 60 },
  );
});

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value as Document).filter(([, content]) => content !== null);
  return Object.fromEntries(kept.map(([member, content]) => [member, withoutNulls(content)]));
}
