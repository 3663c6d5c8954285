import { optionalLong } from "./values.ts";

/**
 * Members of an event that a dialog has put: its document tells what the tables hold already. Other servers may mean
 * anything by them, so nothing is refused for their sake.
 */
const ownId = optionalLong.catch(null);
export const dialogMembers = { DialogId: ownId, ConversationId: ownId };
