// What PostgreSQL keeps no comments on: arguments and the values of enums. docs/statistics.md says more of the metrics.

import { TICKET_ARGUMENTS, TICKET_VALUES } from "./descriptions/tickets.ts";
import { WEBHOOK_ARGUMENTS } from "./descriptions/webhooks.ts";

/** By the name of an argument, or by its field and its name where the field means something of its own. */
export const ARGUMENTS: Record<string, string> = {
  accountId: "The account; needed where the token names none.",
  agentIds: "Only of these agents; 0: of nobody.",
  business: "Within business hours only.",
  by: "One row for the account, or one for each agent, team or inbox.",
  conversationId: "The conversation.",
  dialogId: "The dialog.",
  id: "Its id.",
  inboxIds: "Only of these inboxes.",
  metric: "What is counted.",
  n: "Which one of the dialog, from 1 on.",
  since:
    "First moment that counts, on a full quarter of an hour; default: the first day of the 30 that end with the window.",
  teamIds: "Only of these teams; 0: of none.",
  timeZone: "Whose days and hours: an IANA name; default: the account's own zone.",
  unit: "How long the periods are; without it the window is one.",
  until: "First moment that does not count any more, on a full quarter of an hour; default: now.",
  within: "Within this time after the resolution: from 0 to 20 years.",
  withinS: "Within so many seconds after the dialog reached agents: from 0 to 20 years.",

  "appendMessage.additionalAttributes":
    "What else the client keeps with it; campaign_id marks a message of a campaign.",
  "appendMessage.content": "Its text.",
  "appendMessage.contentAttributes":
    "What else belongs to its content; automation_rule_id marks a message of a rule.",
  "appendMessage.createdAt": "When it was written, for history; default: now.",
  "appendMessage.messageType": "0 incoming, 1 outgoing, 2 activity, 3 template",
  "appendMessage.private": "A note among agents.",
  "appendMessage.reopen": "A resolved or snoozed conversation is opened first.",
  "appendMessage.senderId": "Id of the contact, agent or bot.",
  "appendMessage.senderType": "Contact, User (an agent) or AgentBot.",
  "appendMessage.sourceId":
    "The client's own id of it. A second message with it in the conversation is not added.",
  "assignConversation.assigneeId": "The agent who gets it.",
  "assignConversation.teamId": "The team that gets it; default: the one it has.",
  "backlog.unit": "How long the periods are; default: day.",
  "concurrency.since": "First moment of the window.",
  "concurrency.until": "First moment after the window.",
  "mentionUser.messageId": "The message that mentions the agent.",
  "mentionUser.userId": "The agent who is mentioned.",
  "openConversation.additionalAttributes": "What else the client keeps with it.",
  "openConversation.assigneeId": "The agent who has it; default: nobody.",
  "openConversation.contactId": "The customer.",
  "openConversation.identifier": "The client's own id of the conversation.",
  "openConversation.inboxId": "Where the customer writes.",
  "openConversation.status": "0 open, 2 pending (with the bot), 3 snoozed",
  "openConversation.teamId": "The team that has it; default: none.",
  "presences.since": "First moment of the window.",
  "presences.until": "First moment after the window.",
  "putEvent.data": "Its document. SiteId may be missing where the token names an account.",
  "putEvent.dedupeId": "A second event with this id is not put; its id is that of the first.",
  "putEvent.key":
    "Events with the same key are delivered in order; default: the chat or site of the document.",
  "putEvent.name": "Name of the event, such as chat.ended.",
  "putEvent.runAt": "Not delivered before; at most 100 years ahead.",
  "putEvents.events": "The events, at most 1,000.",
  "reopenConversation.status": "0 open, 2 pending (with the bot)",
  "snoozeConversation.until": "When it opens by itself; default: when somebody opens it.",

  ...TICKET_ARGUMENTS,
  ...WEBHOOK_ARGUMENTS,
};

/** What a mutation gives back, by the name of the field. */
export const RESULTS: Record<string, string> = {
  conversation: "The conversation afterwards.",
  count: "How many events wait anew; what waited already is not counted.",
  endpointId: "Id that the endpoint had.",
  eventId: "Id of the event.",
  eventIds: "Ids of the events, in the order in which they were given.",
  mentionId: "Id of the mention.",
  message: "The message.",
  ticket: "The ticket afterwards.",
  webhookEndpoint: "The endpoint afterwards.",
};

export const VALUES: Record<string, Record<string, string>> = {
  Dimension: {
    account: "The whole account.",
    agent: "The agent to whom something is credited.",
    inbox: "The inbox of the dialog.",
    team: "The team of the dialog.",
  },
  Unit: {
    day: "From midnight to midnight in the time zone: 23 to 25 hours.",
    hour: "An hour of the time zone's clocks.",
    month: "A month of the calendar.",
    week: "From Monday to Monday.",
  },
  Metric: {
    abandoned:
      "Dialogs that ended without a reply of a person, though they had reached agents and the customer wrote.",
    active_resolution: "Time that a resolved dialog was open.",
    assigned_to_resolved: "Time from the first agent to the resolution.",
    bot_contained: "Resolved dialogs in which the bot wrote and no person did.",
    bot_time: "Time that the bot had a resolved dialog.",
    customer_waiting: "Time that the customer waited for replies, all turns together.",
    dialogs_handled: "Time that all agents together handled a resolved dialog.",
    dialogs_started: "Dialogs that started.",
    dropped: "Resolved dialogs whose last turn is unanswered.",
    first_contact_resolution:
      "Dialogs resolved by one agent, with no other one of their conversation shortly before or after.",
    first_response: "Time from the start to the first reply of a person.",
    first_response_agent: "Time from the beginning of an ownership to its agent's first reply.",
    first_response_human: "Time from reaching agents to the first reply of a person.",
    handed_off: "Time that the bot had a dialog before it reached agents.",
    handle_time: "Time that an agent handled a resolved dialog.",
    mentions: "How often agents were mentioned.",
    messages_received: "Messages of customers.",
    messages_sent: "Public messages to customers, of whomever.",
    messages_to_resolve: "Public messages of a resolved dialog.",
    notes: "Private messages.",
    offered: "Dialogs that reached agents.",
    outbound: "Dialogs in which a person wrote and the customer had not.",
    queue_wait: "Time from reaching agents to the first agent.",
    ratings: "Grades of dialogs that were rated.",
    reopened: "Resolved dialogs that were soon followed by another one of their conversation.",
    replies_sent: "Public messages that persons wrote.",
    replies_to_resolve: "Replies of persons in a resolved dialog.",
    reply_time: "Time from the customer's first unanswered message to the reply.",
    resolution: "Time from the start to the resolution.",
    satisfied: "Ratings that count as satisfied.",
    short_abandoned: "Abandoned dialogs that had hardly reached agents.",
    snoozed_time: "Time that a resolved dialog was put aside.",
    transfers_in: "Transfers from another agent.",
    transfers_out: "Transfers to another agent.",
    wrapups: "Dialogs that were wrapped up.",
  },

  ...TICKET_VALUES,
};
