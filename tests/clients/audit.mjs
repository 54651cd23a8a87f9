// Runs every audit of graphql-http against a server: { url, token } as JSON in, the results as JSON out.
import { readFileSync } from "node:fs";
import { serverAudits } from "graphql-http";

const { url, token } = JSON.parse(readFileSync(0, "utf8"));

/** fetch, signed in. */
function fetchFn(address, options = {}) {
  return fetch(address, { ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } });
}

const results = [];
for (const audit of serverAudits({ url, fetchFn })) {
  const { id, name, status, reason } = await audit.fn();
  results.push({ id, name, status, reason: String(reason ?? "") });
}
process.stdout.write(JSON.stringify(results));
