import { describe, expect, it } from "vitest";
import { PURPOSES } from "../../../src/outbound/salesforce/purposes.ts";
import { fields, useSalesforce } from "./use-salesforce.ts";

const salesforce = useSalesforce();
const { chatEnded } = salesforce;
const counts = () =>
  Object.fromEntries(Object.entries(salesforce.peer().records).map(([name, list]) => [name, list.length]));

describe("the same delivery again", () => {
  it.each([
    { purpose: 0, made: { Case: 1, Task: 0, Contact: 0, Lead: 0 } },
    { purpose: 4, made: { Case: 1, Task: 0, Contact: 1, Lead: 0 } },
    { purpose: 5, made: { Case: 0, Task: 1, Contact: 1, Lead: 0 } },
    { purpose: 6, made: { Case: 0, Task: 1, Contact: 0, Lead: 1 } },
  ])("makes nothing twice, for purpose $purpose", async ({ purpose, made }) => {
    const first = await chatEnded({ PurposeChatEnd: purpose });
    salesforce.restart();
    const second = await chatEnded({ PurposeChatEnd: purpose });
    expect(counts()).toEqual(made);
    expect(second.reference).toBe(first.reference);
  });

  it("of an answer that got lost, makes nothing twice", async () => {
    salesforce.peer().failNext(/PATCH .*Case/, "drop the answer");
    await expect(chatEnded({ PurposeChatEnd: 0 })).rejects.toMatchObject({ code: "PA070" });
    await chatEnded({ PurposeChatEnd: 0 });
    expect(counts().Case).toBe(1);
  });

  it.each([
    { purpose: 4, step: /PATCH .*Case/, person: "Contact", record: "Case", field: "ContactId" },
    { purpose: 5, step: /PATCH .*Task/, person: "Contact", record: "Task", field: "WhoId" },
    { purpose: 6, step: /PATCH .*Task/, person: "Lead", record: "Task", field: "WhoId" },
  ])("after a crash between the steps of purpose $purpose, goes on from there", async (it_) => {
    const { purpose, step, person, record, field } = it_;
    salesforce.peer().failNext(step, "drop");
    await expect(chatEnded({ PurposeChatEnd: purpose })).rejects.toThrow();
    expect(counts()).toMatchObject({ [person]: 1, [record]: 0 });

    salesforce.restart();
    await chatEnded({ PurposeChatEnd: purpose });
    const { [person]: people, [record]: made } = salesforce.peer().records;
    expect(people).toHaveLength(1);
    expect(made).toMatchObject([{ [field]: people![0]!.Id }]);
  });

  it("after a crash between the steps, leaves what was filled in as it is", async () => {
    const email = "daryna.koval@example.com";
    const contact = salesforce.peer().add("Contact", { LastName: "Koval", Email: email, Title: null });
    const asked = { PurposeChatEnd: 7, UpdateContact: fields({ Title: "Owner" }) };
    salesforce.peer().failNext(/PATCH .*Case/, "drop");
    await expect(chatEnded(asked)).rejects.toThrow();
    contact.Title = "Corrected by somebody";

    await chatEnded(asked);
    expect(contact.Title).toBe("Corrected by somebody");
    expect(counts().Case).toBe(1);
  });

  it("is another one for another destination's delivery of the same event", async () => {
    await chatEnded({ PurposeChatEnd: 0 });
    expect(salesforce.peer().records.Case![0]!.Parley_Delivery_Id__c).toBe("dlv-7-42-Case");
  });
});

describe("whatever request of a delivery breaks, the delivery again ends as if none had", () => {
  const asked = (PurposeChatEnd: number) => ({
    PurposeChatEnd,
    UpdateContact: fields({ Phone: "+380", Title: "Owner" }),
    CreateContact: fields({ LastName: "Koval", Email: "new@example.com" }),
  });
  const everything = () =>
    JSON.stringify(salesforce.peer().records, (name, value) =>
      name === "LastModifiedDate" ? undefined : value,
    );

  it.each(PURPOSES.map(({ name }, number) => ({ name, number })))("$name", async ({ number }) => {
    const { peer, restart } = salesforce;
    const startOver = () => {
      for (const list of Object.values(peer().records)) list.length = 0;
      const person = { LastName: "Koval", Email: "daryna.koval@example.com", Phone: "+1" };
      peer().add("Contact", person);
      peer().add("Lead", { ...person, Company: "X" });
      peer().requests.length = 0;
      restart();
    };
    startOver();
    await chatEnded(asked(number));
    const wanted = everything();
    const requests = peer().requests.length;
    expect(requests).toBeGreaterThan(2);

    for (const fault of ["drop", "drop the answer", { status: 503 }, { status: 500, body: "?" }] as const) {
      for (let broken = 0; broken < requests; broken += 1) {
        startOver();
        peer().failNext(/./, fault, broken);
        await expect(chatEnded(asked(number))).rejects.toThrow();
        restart();
        await chatEnded(asked(number));
        expect(everything(), `${JSON.stringify(fault)} at request ${broken}`).toBe(wanted);
      }
    }
  });
});

describe("an org without the field that tells deliveries apart", () => {
  it("is misconfigured, and told what to create; once created, all is well", async () => {
    const known = salesforce.peer().fields.Case!;
    const externalId = known.pop()!;
    await expect(chatEnded({ PurposeChatEnd: 0 })).rejects.toMatchObject({
      name: "DestinationDown",
      code: "PA085",
      message: expect.stringMatching(/no external id Parley_Delivery_Id__c on Case: create this field/),
    });
    known.push(externalId);
    await chatEnded({ PurposeChatEnd: 0 });
    expect(counts().Case).toBe(1);
  });

  it("may have one of another name", async () => {
    salesforce.peer().fields.Case!.at(-1)!.name = "Chat_Delivery__c";
    await chatEnded({ PurposeChatEnd: 0 }, { externalIdField: "Chat_Delivery__c" });
    expect(salesforce.peer().records.Case![0]!.Chat_Delivery__c).toBe("dlv-7-42-Case");
  });

  it("is told apart from one whose field is not unique", async () => {
    salesforce
      .peer()
      .failNext(/PATCH/, { status: 300, body: ["/services/data/v62.0/sobjects/Case/1", "/2"] });
    await expect(chatEnded({ PurposeChatEnd: 0 })).rejects.toMatchObject({
      name: "Reject",
      code: "PA086",
      message: "Salesforce refused the Case: MULTIPLE_CHOICES",
    });
  });
});
