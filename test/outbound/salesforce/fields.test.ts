import { describe, expect, it } from "vitest";
import { fields, useSalesforce } from "./use-salesforce.ts";

const salesforce = useSalesforce();
const { chatEnded } = salesforce;
const theCase = () => salesforce.peer().records.Case![0]!;

describe("where a field's value comes from", () => {
  it("from the event's members that the settings map", async () => {
    const mapping = {
      Subject: "PreChatProductService",
      SuppliedCompany: "Visitor.City",
      Type: "CustomVariables.客户等级",
      Order__c: "CustomFields.Order number",
      Priority: "RatingGrade",
    };
    await chatEnded({ PurposeChatEnd: 0 }, { fields: { Case: mapping } });
    expect(theCase()).toMatchObject({
      Subject: "Espresso machines",
      SuppliedCompany: "Львів",
      Type: "金牌",
      Order__c: 88214,
      Priority: "5",
    });
  });

  it("from the event's own list rather than from the mapping, and from that rather than from defaults", async () => {
    await chatEnded(
      { PurposeChatEnd: 0, Cases: fields({ subject: "From the agent" }) },
      {
        defaults: { Case: { Subject: "Default", Origin: "Chat", Status: "New", Priority: "Low" } },
        fields: {
          Case: { Subject: "PreChatName", Status: "PreChatDepartmentName", Priority: "No such member" },
        },
      },
    );
    expect(theCase()).toMatchObject({
      Subject: "From the agent",
      Status: "Delivery",
      Priority: "Low",
      Origin: "Chat",
    });
  });

  it("as the type that the org's field has", async () => {
    await chatEnded({ PurposeChatEnd: 0, Cases: fields({ IsEscalated: "True", Order__c: "12.50" }) });
    expect(theCase()).toMatchObject({ IsEscalated: true, Order__c: 12.5 });
  });

  it.each([
    { given: { IsEscalated: "perhaps" }, says: "IsEscalated is true or false, and was given neither" },
    { given: { Order__c: "twelve" }, says: "Order__c is a number, and was given none" },
    { given: { ContactId: "my-friend" }, says: "ContactId is not an id of Salesforce" },
    { given: { "Owner.Name": "x" }, says: "a field has no name that Salesforce allows" },
  ])("refused where it cannot be that: $says", async ({ given, says }) => {
    const delivered = chatEnded({ PurposeChatEnd: 0, Cases: fields(given) });
    await expect(delivered).rejects.toMatchObject({ name: "Reject", code: "PA086", message: says });
  });

  it("cut to the length of the org's field, never within a character", async () => {
    await chatEnded({ PurposeChatEnd: 0, Cases: fields({ Subject: `${"x".repeat(253)}📦📦` }) });
    expect(theCase().Subject).toBe(`${"x".repeat(253)}…`);
  });
});

describe("the transcript", () => {
  it("is the description, below what is known of the chat", async () => {
    await chatEnded({ PurposeChatEnd: 0 }, { timeZone: "Europe/Kyiv", language: "en-GB" });
    const description = String(theCase().Description);
    expect(description).toContain("Order number: 88214");
    expect(description).toContain("2 March 2026");
    expect(description).toContain("11:14 Дарина Коваль: Добрий день! Замовлення 88214 досі не приїхало.");
    expect(description).toContain("11:21 魏 (Wei): 您的包裹在海关，明天送达。");
  });

  it("comes after what the event gives as description", async () => {
    await chatEnded({ PurposeChatEnd: 0, Cases: fields({ Description: "Call back!" }) });
    expect(theCase().Description).toMatch(/^Call back!\n\nChat: 7d1c6e0a-/);
  });

  it("is no longer than set", async () => {
    await chatEnded({ PurposeChatEnd: 0 }, { longestTranscript: 100 });
    expect(theCase().Description).toHaveLength(100);
  });

  it("is kept out if the settings name no field for it", async () => {
    await chatEnded({ PurposeChatEnd: 0 }, { transcriptField: null });
    expect(theCase()).not.toHaveProperty("Description");
  });
});
