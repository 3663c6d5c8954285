/** As ARGUMENTS of descriptions.ts. */
export const TICKET_ARGUMENTS: Record<string, string> = {
  ticketId: "The ticket: its id, not its number.",

  "appendTicketMessage.agentId": "The agent who wrote it: of author agent, and of no other.",
  "appendTicketMessage.attachments": "Files: a list of objects with name, url, size; default: none.",
  "appendTicketMessage.author": "Who wrote it; default: contact.",
  "appendTicketMessage.content": "Its text; empty only where there are attachments.",
  "appendTicketMessage.private": "A note among agents, which contacts do not write; default: false.",
  "appendTicketMessage.reopen":
    "Whether the ticket is opened, whatever its status; default: true if the contact wrote.",
  "appendTicketMessage.sourceId":
    "The client's own id of it: up to 300 characters, unique within the account. A second message with it in the ticket is not added.",
  "assignTicket.assigneeId": "The agent who gets it.",
  "assignTicket.teamId": "The team that gets it; default: the one it has.",
  "linkTicket.chatGuid":
    "The chat that it came of, stored already or not: ChatId of events; default: what it came of stays.",
  "linkTicket.dialogId": "The dialog that it came of; default: what it came of stays.",
  "linkTicket.externalId":
    "What the client, or another system, calls it: up to 256 characters, unique within the account; default: as it was.",
  "openTicket.assigneeId": "The agent who gets it; default: nobody.",
  "openTicket.chatGuid": "The chat that it came of, stored already or not: ChatId of events; default: none.",
  "openTicket.contactId": "For whom it is; default: the contact of dialogId, if that is given.",
  "openTicket.dialogId": "The dialog that it came of; default: none.",
  "openTicket.externalId":
    "What the client, or another system, calls it: up to 256 characters. A second ticket with it is not opened in the account.",
  "openTicket.priority": "How urgent it is; default: normal.",
  "openTicket.subject": "What it is about: 1 to 300 characters.",
  "openTicket.teamId": "The team that gets it; default: none.",
  "setTicketPriority.priority": "How urgent it is from now on.",
  "setTicketStatus.status": "Its status from now on; one that is closed can only be opened.",
};

export const TICKET_VALUES: Record<string, Record<string, string>> = {
  TicketAuthor: {
    agent: "An agent.",
    contact: "The contact for whom the ticket is.",
    system: "No person: a transcript, a note of the chat server.",
  },
  TicketPriority: {
    high: "More urgent than normal.",
    low: "Least urgent.",
    normal: "As most are, and as a ticket is if nobody says otherwise.",
    urgent: "Most urgent.",
  },
  TicketStatus: {
    closed: "Done for good: neither assigned nor changed until an agent, or a message, opens it again.",
    open: "Agents have to act.",
    pending: "It waits for the contact.",
    solved: "Done, but the contact may come back.",
  },
};
