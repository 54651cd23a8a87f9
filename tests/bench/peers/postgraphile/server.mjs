// PostGraphile on Kith's tables, as its makers recommend for production: built once, not watching, one process.
// It is told on standard input, as JSON: `port`, `database` (a `pg` pool's configuration) and `smartTags`.
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { grafserv } from "postgraphile/grafserv/node";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { jsonPgSmartTags } from "postgraphile/utils";
import { PostGraphileConnectionFilterPreset } from "postgraphile-plugin-connection-filter";

const told = await json(process.stdin);
const role = { role: "kith_tenant" };

const preset = {
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
  plugins: [jsonPgSmartTags(told.smartTags)],
  pgServices: [
    makePgService({
      poolConfig: told.database,
      schemas: ["public", "bench_peer"],
      pubsub: false,
      pgSettingsForIntrospection: role,
    }),
  ],
  grafast: {
    explain: false,
    context: ({ node }) => ({
      pgSettings: { ...role, "kith.organisation_id": node.req.headers["x-organisation"] },
    }),
  },
  grafserv: { watch: false, graphiql: false, websockets: false },
  // Nothing here writes.
  disablePlugins: ["MutationPlugin"],
};

const server = createServer();
await postgraphile(preset).createServ(grafserv).addTo(server);
server.listen(told.port, "127.0.0.1");
