import { describe, expect, it } from "vitest";
import { fields, useSalesforce } from "./use-salesforce.ts";

const salesforce = useSalesforce();
const { chatEnded } = salesforce;
const EMAIL = "daryna.koval@example.com";

describe("data that Salesforce refuses is rejected with its code and fields, without the values", () => {
  it("a field that the org does not have", async () => {
    await expect(chatEnded({ PurposeChatEnd: 0, Cases: fields({ Nope__c: "x" }) })).rejects.toMatchObject({
      name: "Reject",
      code: "PA086",
      message: "Salesforce refused the Case: INVALID_FIELD (Nope__c)",
    });
  });

  it("a required field that nobody gives", async () => {
    salesforce.peer().fields.Case!.push({ name: "Branch__c", type: "string", length: 80, required: true });
    await expect(chatEnded({ PurposeChatEnd: 0 })).rejects.toMatchObject({
      name: "Reject",
      message: "Salesforce refused the Case: REQUIRED_FIELD_MISSING (Branch__c)",
    });
  });

  it("a validation rule, and several errors at once", async () => {
    salesforce.peer().failNext(/PATCH/, {
      status: 400,
      body: [
        { errorCode: "FIELD_CUSTOM_VALIDATION_EXCEPTION", message: `not for ${EMAIL}`, fields: ["Status"] },
        { errorCode: "INVALID_EMAIL_ADDRESS", message: EMAIL, fields: ["SuppliedEmail"] },
      ],
    });
    await expect(chatEnded({ PurposeChatEnd: 0 })).rejects.toMatchObject({
      name: "Reject",
      message:
        "Salesforce refused the Case: FIELD_CUSTOM_VALIDATION_EXCEPTION (Status); INVALID_EMAIL_ADDRESS (SuppliedEmail)",
    });
  });

  it("a contact that its duplicate rules forbid, unless the settings say to save it all the same", async () => {
    salesforce.peer().add("Contact", { LastName: "Koval", Email: EMAIL });
    await expect(chatEnded({ PurposeChatEnd: 4 })).rejects.toMatchObject({
      name: "Reject",
      message: "Salesforce refused the Contact: DUPLICATES_DETECTED",
    });
    await chatEnded({ PurposeChatEnd: 4 }, { saveDespiteDuplicateRules: true });
    expect(salesforce.peer().records.Contact).toHaveLength(2);
  });

  it("a contact that does not exist", async () => {
    const asked = { PurposeChatEnd: 1, Cases: fields({ ContactId: "003000000000009AAA" }) };
    await expect(chatEnded(asked)).rejects.toMatchObject({
      name: "Reject",
      message: "Salesforce refused the Case: INVALID_CROSS_REFERENCE_KEY",
    });
  });

  it("an event that is none, before anything is called", async () => {
    await expect(chatEnded({ PurposeChatEnd: 11 })).rejects.toMatchObject({ name: "Reject", code: "PA020" });
    expect(salesforce.peer().requests).toEqual([]);
  });
});

describe("what passes is tried again", () => {
  it("a record that somebody else holds", async () => {
    salesforce.peer().failNext(/PATCH/, {
      status: 400,
      body: [{ errorCode: "UNABLE_TO_LOCK_ROW", message: `unable to obtain exclusive access: ${EMAIL}` }],
    });
    await expect(chatEnded({ PurposeChatEnd: 0 })).rejects.toMatchObject({
      name: "Error",
      message: "Salesforce could not do it now: UNABLE_TO_LOCK_ROW",
    });
  });

  it("an error within Salesforce", async () => {
    salesforce
      .peer()
      .failNext(/PATCH/, { status: 500, body: [{ errorCode: "UNKNOWN_EXCEPTION", message: "?" }] });
    await expect(chatEnded({ PurposeChatEnd: 0 })).rejects.toMatchObject({
      name: "CallFailed",
      code: "PA073",
    });
  });
});
