/** Members that the seed document misspells, with the spelling used from here on. */
const CORRECTIONS = new Map([
  ["Attachement", "Attachment"],
  ["CampainId", "CampaignId"],
  ["CannedMessgeId", "CannedMessageId"],
  ["CookIdenitityId", "CookieIdentityId"],
  ["CustomVariable", "CustomVariables"],
  ["InvitaionId", "InvitationId"],
  ["LasMessageSendBy", "LastMessageSendBy"],
  ["SetNumber", "SentNumber"],
  ["Stauts", "Status"],
]);

/** The corrected PascalCase spelling of a member: `Stauts` and `status` are both `Status`. */
export function correctSpelling(member: string): string {
  const pascalCase = member.charAt(0).toUpperCase() + member.slice(1);
  return CORRECTIONS.get(pascalCase) ?? pascalCase;
}

/** The object with its members spelled correctly; anything else as it is. Of two spellings the correct one counts. */
export function correctMembers(value: unknown): unknown {
  if (!isObject(value)) return value;
  const corrected = new Map<string, unknown>();
  for (const [member, content] of Object.entries(value)) {
    const name = correctSpelling(member);
    const isUnset = corrected.get(name) === undefined || corrected.get(name) === null;
    if (isUnset || (member === name && content !== null)) corrected.set(name, content);
  }
  return Object.fromEntries(corrected);
}

/** Whether the value is a JSON object, neither null nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
