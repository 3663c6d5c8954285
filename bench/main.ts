import { batches } from "./batches.ts";
import { bulkLoad } from "./bulk-load.ts";
import { chat } from "./chat.ts";
import { drain } from "./drain.ts";
import { heldSnapshot } from "./held-snapshot.ts";
import { kill } from "./kill.ts";
import { latency } from "./latency.ts";
import { runSuite } from "./lib/suite.ts";
import { outboundDeadEndpoint } from "./outbound/dead-endpoint.ts";
import { outboundKill } from "./outbound/kill.ts";
import { outboundThroughput } from "./outbound/throughput.ts";
import { puts } from "./puts.ts";
import { wal } from "./wal.ts";

const outbound = [outboundThroughput, outboundDeadEndpoint, outboundKill];

await runSuite({
  name: "bench",
  parts: [puts, batches, drain, latency, heldSnapshot, bulkLoad, kill, wal, chat, ...outbound],
  takes: "about an hour",
  groups: { outbound },
  usage: [],
  options: {},
  withContext: (bench, _, use) => use(bench),
});
