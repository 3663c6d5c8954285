const [WEBSITE, BOT, EVE] = [1, 2, 1];

/** A Sunday on which New York sets its clocks back: at 06:00 UTC it is one o'clock there for the second time. */
export const NIGHT = "2026-11-01";

export const NEW_YORK = "America/New_York";

/** The night of the first account, told in UTC. Agents: 1 Ann, 2 Bob. Teams: 1 Sales, 2 Support. In brackets: New York. */
export const NIGHT_STORY = `
03:00:00 | a := open_conversation(1, ${WEBSITE}, ${EVE}, '[Saturday 23:00] Ann has it', assignee_id => 1, team_id => 1)
03:01:00 | append_message(a, 'Hello', sender_type => 'Contact')
03:04:00 | append_message(a, 'Good evening', 1, 'User', 1)
04:30:00 | resolve_conversation(a)
04:31:00 | select chat.store_chat_wrapup_submitted(1, broker.now(), '{"account_id": 1, "chat_number": 1, "agent_id": 1, "category_id": 7, "category_ids": [7], "submitted_at": "2026-11-01T04:31:00Z"}')
05:15:00 | b := open_conversation(1, ${BOT}, ${EVE}, '[01:15 the first time] Bob has it, and puts it aside', assignee_id => 2, team_id => 2)
05:20:00 | append_message(b, 'Hello?', sender_type => 'Contact')
05:50:00 | append_message(a, '[01:50 the first time] Ann again', sender_type => 'Contact', reopen => true)
06:10:00 | append_message(a, '[01:10 the second time] Yes', 1, 'User', 1)
06:15:00 | resolve_conversation(a)
06:16:00 | select chat.store_chat_wrapup_submitted(2, broker.now(), '{"account_id": 1, "chat_number": 3, "agent_id": 1, "category_id": 7, "category_ids": [7], "submitted_at": "2026-11-01T06:16:00Z"}')
06:30:00 | snooze_conversation(b)
06:40:00 | c := open_conversation(1, ${WEBSITE}, ${EVE}, '[01:40 the second time] nobody has it')
06:40:30 | append_message(c, 'Anybody?', sender_type => 'Contact')
07:05:00 | append_message(a, '[02:05] Ann for the third time', sender_type => 'Contact', reopen => true)
07:10:00 | d := open_conversation(1, ${BOT}, ${EVE}, 'the bot has it', status => 2)
07:20:00 | e := open_conversation(1, ${WEBSITE}, ${EVE}, 'Bob has answered', assignee_id => 2, team_id => 2)
07:20:30 | append_message(e, 'Hello', sender_type => 'Contact')
07:21:00 | append_message(e, 'Good night', 1, 'User', 2)
07:22:00 | f := open_conversation(1, ${WEBSITE}, ${EVE}, 'nobody wrote', assignee_id => 2, team_id => 1)
07:23:00 | resolve_conversation(f)
07:24:00 | select chat.store_chat_wrapup_submitted(3, broker.now(), '{"account_id": 1, "chat_number": 8, "agent_id": 1, "category_id": 9, "category_ids": [9], "submitted_at": "2026-11-01T07:24:00Z"}')
07:25:00 | select chat.store_chat_wrapup_submitted(4, broker.now(), '{"account_id": 1, "chat_number": 8, "agent_id": 2, "category_ids": [], "submitted_at": "2026-11-01T07:25:00Z"}')
`;
