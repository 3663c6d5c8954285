-- A server takes a mail for some recipients and defers it for others. Those who have it are remembered until the others have it too.

--! include outbound/mailed_recipients.sql
--! include outbound/remember_mailed.sql
--! include outbound/forget_mailed.sql
--! include outbound/email_grants.sql
