import { describe, expect, it } from "vitest";
import { deliveryOf, exampleOf } from "../deliveries.ts";
import { fields, useSalesforce } from "./use-salesforce.ts";

const salesforce = useSalesforce();
const { chatEnded } = salesforce;
const EMAIL = "daryna.koval@example.com";

const records = () => salesforce.peer().records;
const only = (object: string) => {
  expect(records()[object]).toHaveLength(1);
  return records()[object]![0]!;
};
const counts = () => Object.fromEntries(Object.entries(records()).map(([name, list]) => [name, list.length]));
const addContact = (more = {}) =>
  salesforce.peer().add("Contact", { LastName: "Koval", Email: EMAIL, ...more });

describe("what is made of a chat, by PurposeChatEnd", () => {
  it("0: a case of nobody", async () => {
    addContact();
    const receipt = await chatEnded({
      PurposeChatEnd: 0,
      Cases: fields({ Subject: "Late", Priority: "High" }),
    });
    expect(only("Case")).toMatchObject({ Subject: "Late", Priority: "High", SuppliedEmail: EMAIL });
    expect(only("Case")).not.toHaveProperty("ContactId");
    expect(receipt.reference).toBe(`Case ${only("Case").Id}`);
  });

  it("1: a case of the contact with the visitor's address", async () => {
    addContact({ Email: "somebody.else@example.com" });
    const contact = addContact();
    const receipt = await chatEnded({ PurposeChatEnd: 1 });
    expect(only("Case").ContactId).toBe(contact.Id);
    expect(receipt.reference).toBe(`Case ${only("Case").Id} of Contact ${contact.Id}`);
  });

  it("2: a task of the contact", async () => {
    const contact = addContact();
    await chatEnded({ PurposeChatEnd: 2, Tasks: fields({ Subject: "Call" }) });
    expect(only("Task")).toMatchObject({
      WhoId: contact.Id,
      Subject: "Call",
      Status: "Completed",
      ActivityDate: "2026-03-02",
    });
  });

  it("3: a task of the lead, not of one that became a contact", async () => {
    const lead = salesforce.peer().add("Lead", { LastName: "Koval", Company: "X", Email: EMAIL });
    salesforce.peer().add("Lead", { LastName: "Koval", Company: "X", Email: EMAIL, IsConverted: true });
    await chatEnded({ PurposeChatEnd: 3 });
    expect(only("Task").WhoId).toBe(lead.Id);
  });

  it("4: a new contact and a case", async () => {
    await chatEnded({ PurposeChatEnd: 4, CreateContact: fields({ LastName: "Коваль", Email: EMAIL }) });
    expect(only("Contact")).toMatchObject({ LastName: "Коваль", Email: EMAIL, Phone: "+380 44 555 01 42" });
    expect(only("Case").ContactId).toBe(only("Contact").Id);
  });

  it("5: a new contact and a task", async () => {
    await chatEnded({ PurposeChatEnd: 5 });
    expect(only("Contact")).toMatchObject({ LastName: "Дарина Коваль", Email: EMAIL });
    expect(only("Task").WhoId).toBe(only("Contact").Id);
  });

  it("6: a new lead and a task", async () => {
    await chatEnded({ PurposeChatEnd: 6, Leads: fields({ Title: "Owner" }) });
    expect(only("Lead")).toMatchObject({
      LastName: "Дарина Коваль",
      Company: "Кав'ярня «Світанок»",
      Title: "Owner",
    });
    expect(only("Task").WhoId).toBe(only("Lead").Id);
  });

  it.each([
    { purpose: 7, object: "Case", field: "ContactId" },
    { purpose: 9, object: "Task", field: "WhoId" },
  ])("$purpose: fields of the contact that are empty, and a $object", async ({ purpose, object, field }) => {
    const contact = addContact({ Phone: "+1 555 0100", Title: null });
    await chatEnded({ PurposeChatEnd: purpose, UpdateContact: fields({ Phone: "+380", Title: "Owner" }) });
    expect(contact).toMatchObject({ LastName: "Koval", Phone: "+1 555 0100", Title: "Owner" });
    expect(only(object)[field]).toBe(contact.Id);
  });

  it.each([
    { purpose: 8, object: "Case", field: "ContactId" },
    { purpose: 10, object: "Task", field: "WhoId" },
  ])("$purpose: all fields given of the contact, and a $object", async ({ purpose, object, field }) => {
    const contact = addContact({ Phone: "+1 555 0100", Title: "Clerk" });
    await chatEnded({ PurposeChatEnd: purpose, UpdateContact: fields({ Phone: "+380", Title: null }) });
    expect(contact).toMatchObject({ LastName: "Koval", Phone: "+380", Title: "Clerk" });
    expect(only(object)[field]).toBe(contact.Id);
  });

  it("nothing, and no call, if the event asks for nothing", async () => {
    await expect(chatEnded(null)).resolves.toEqual({ note: "nothing is asked of Salesforce" });
    expect(salesforce.peer().requests).toEqual([]);
  });

  it("what the settings say for chats that ask for nothing", async () => {
    await chatEnded(null, { chatPurpose: "CreateContactAndAttachTask" });
    expect(counts()).toEqual({ Case: 0, Task: 1, Contact: 1, Lead: 0 });
  });
});

describe("offline messages", () => {
  const offlineMessage = (settings = {}) =>
    salesforce.deliver(
      deliveryOf("offlineMessage.submitted", exampleOf("offlineMessage.submitted")),
      settings,
    );

  it("become a case", async () => {
    await offlineMessage();
    expect(only("Case")).toMatchObject({
      Subject: "发票",
      SuppliedName: "李娜",
      SuppliedEmail: "li.na@example.com",
    });
    expect(only("Case").Description).toContain("你好，请把订单 88231 的发票寄给我。谢谢！");
  });

  it("become what the settings say", async () => {
    await offlineMessage({ offlineMessagePurpose: "CreateLeadAndAttachTask" });
    expect(only("Lead")).toMatchObject({ LastName: "李娜", Company: "晨光咖啡" });
    expect(only("Task")).toMatchObject({ WhoId: only("Lead").Id, Status: "Not Started" });
  });
});

describe("whom it belongs to", () => {
  it("the contact that was changed last, of several with this address", async () => {
    const contact = addContact();
    addContact();
    contact.LastModifiedDate = 1_000;
    await chatEnded({ PurposeChatEnd: 1 });
    expect(only("Case").ContactId).toBe(contact.Id);
  });

  it("the contact with the visitor's last address, where the chat has none", async () => {
    const contact = addContact();
    await chatEnded({ PurposeChatEnd: 1 }, {}, { PreChatEmail: "" });
    expect(only("Case").ContactId).toBe(contact.Id);
  });

  it("the one that the event names, unseen", async () => {
    addContact();
    const named = addContact({ Email: null });
    await chatEnded({ PurposeChatEnd: 1, Cases: fields({ ContactId: named.Id }) });
    expect(only("Case").ContactId).toBe(named.Id);
    expect(salesforce.peer().requests.some(({ path }) => path.endsWith("/query"))).toBe(false);
  });

  it("the contact that the fields to update name", async () => {
    const named = addContact({ Email: null });
    await chatEnded({ PurposeChatEnd: 8, UpdateContact: fields({ Id: named.Id, Title: "Owner" }) });
    expect(named.Title).toBe("Owner");
    expect(only("Case").ContactId).toBe(named.Id);
  });

  it("nobody, if there is no such contact", async () => {
    await chatEnded({ PurposeChatEnd: 1 });
    expect(only("Case")).not.toHaveProperty("ContactId");
  });

  it("a new contact, if there is none and the settings say so", async () => {
    await chatEnded(
      { PurposeChatEnd: 8, UpdateContact: fields({ Title: "Owner" }) },
      { ifNobodyFound: "create" },
    );
    expect(only("Contact")).toMatchObject({ LastName: "Дарина Коваль", Email: EMAIL, Title: "Owner" });
    expect(only("Case").ContactId).toBe(only("Contact").Id);
  });

  it("nobody, and the event is refused, if the settings say so", async () => {
    await expect(chatEnded({ PurposeChatEnd: 1 }, { ifNobodyFound: "reject" })).rejects.toMatchObject({
      name: "Reject",
      code: "PA087",
      message: "no Contact has an e-mail address of this visitor",
    });
    expect(counts().Case).toBe(0);
  });
});
