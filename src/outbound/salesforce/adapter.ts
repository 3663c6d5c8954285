import type { Adapter } from "../adapter.ts";
import { type Clock, systemClock } from "../clock.ts";
import { type Enquiry, enquiryOf, mappableEnquirySchemas } from "../enquiry.ts";
import type { HttpClient } from "../http/client.ts";
import { carryOut } from "./carry-out.ts";
import { PURPOSES, type Purpose } from "./purposes.ts";
import type { Sessions } from "./session.ts";
import {
  type SalesforceSecrets,
  type SalesforceSettings,
  salesforceSecrets,
  salesforceSettings,
} from "./settings.ts";

/** jsforce takes long to load: whoever makes no delivery does not wait for it. */
const delivering = () => Promise.all([import("./org.ts"), import("./session.ts")]);

/** Cases and tasks in a Salesforce org, with their contacts and leads. */
export function salesforceAdapter(
  http: HttpClient,
  clock: Clock = systemClock,
): Adapter<SalesforceSettings, SalesforceSecrets> {
  let sessions: Sessions | undefined;
  return {
    kind: "salesforce",
    queue: "SalesforceQueue",
    settings: salesforceSettings(http.privateAddresses),
    secrets: salesforceSecrets,
    schemas: mappableEnquirySchemas,
    retryAfterSeconds: [5, 30, 120, 600, 1800, 3600, 7200],
    timeoutSeconds: 60,
    async deliver(delivery, destination, { signal }) {
      const { settings } = destination;
      const { enquiry, document } = enquiryOf(delivery);
      const purpose = purposeOf(enquiry, settings);
      if (!purpose) return { note: "nothing is asked of Salesforce" };
      const [{ Org }, { Sessions }] = await delivering();
      sessions ??= new Sessions(http, clock);
      return sessions.use(destination, signal, (session) =>
        carryOut({
          purpose,
          delivery,
          enquiry,
          document,
          settings,
          org: new Org({ http, clock, session, settings, signal }),
        }),
      );
    },
    async close() {
      sessions?.close();
    },
  };
}

function purposeOf({ kind, salesforce }: Enquiry, settings: SalesforceSettings): Purpose | undefined {
  const otherwise = kind === "chat" ? settings.chatPurpose : settings.offlineMessagePurpose;
  const number = salesforce?.purposeChatEnd ?? otherwise;
  return number === null ? undefined : PURPOSES[number];
}
