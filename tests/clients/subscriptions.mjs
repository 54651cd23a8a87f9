// Follows a service with the reference clients of both transports: { url, token, fading, scenario } as JSON in, what
// was seen as JSON out. `fading` is a token that expires in a moment.
import { readFileSync } from "node:fs";
import net from "node:net";
import { createClient as createSse } from "graphql-sse";
import { createClient as createWs } from "graphql-ws";
import WebSocket from "ws";

const told = JSON.parse(readFileSync(0, "utf8"));
const ACTIVITY = "subscription ($after: String) { activity(after: $after) { cursor fact { id kind } } }";
const ROLES = "{ viewer { roles } }";
let named = 0;

/** The service seen through a connection that can be cut: its address, and how to cut it. */
async function wire() {
  const open = new Set();
  const server = net.createServer((near) => {
    const far = net.connect(Number(new URL(told.url).port), "127.0.0.1");
    for (const [from, to] of [[near, far], [far, near]]) {
      open.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${server.address().port}/graphql`,
    cut: () => open.forEach((each) => each.destroy()),
    end: () => server.close(),
  };
}

/** Something happens: programmes are opened. */
async function happen(times, url = told.url) {
  for (let n = 0; n < times; n++) {
    const name = `${told.scenario} ${told.transport} ${named++}`;
    const query = `mutation { openProgramme(input: { name: "${name}" }) { result { id } errors { code } } }`;
    await (await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${told.token}`, "content-type": "application/json" },
      body: JSON.stringify({ query }),
    })).json();
  }
}

/** A client of the transport that is told of; it never comes again by itself. */
function client(url, token) {
  if (told.transport === "sse")
    return createSse({ url, headers: { authorization: `Bearer ${token}` }, retryAttempts: 0 });
  return createWs({
    url: url.replace("http", "ws"),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });
}

/** All answers to an operation, or what ended it. */
async function all(made, query, variables) {
  const seen = [];
  try {
    for await (const answer of made.iterate({ query, variables })) seen.push(answer);
  } catch (error) {
    seen.push({ code: error.code, reason: error.reason, message: error.message, errors: Array.isArray(error) ? error : undefined });
  }
  return seen;
}

/** Wait a moment, for what nobody tells: that a subscription has begun. */
const moment = (milliseconds) => new Promise((over) => setTimeout(over, milliseconds));

const scenarios = {
  /** A query, a mutation and a wrong document. */
  async answers() {
    const made = client(told.url, told.token);
    const done = `mutation { openProgramme(input: { name: "By ${told.transport}" }) { result { name } errors { code } } }`;
    return [await all(made, ROLES), await all(made, done), await all(made, "{ nothing }")];
  },
  /** Three events, then it is left early; others follow on. */
  async leaves() {
    const made = client(told.url, told.token);
    const events = made.iterate({ query: ACTIVITY });
    const first = events.next();
    await moment(1500);
    await happen(4);
    const seen = [await first, await events.next(), await events.next()].map((each) => each.value.data.activity.fact.kind);
    await events.return();
    return { seen, after: await all(made, ROLES) };
  },
  /** A token expires under an open subscription, where nothing happens. */
  async expires() {
    return all(client(told.url, told.fading), ACTIVITY);
  },
  /** The connection is cut again and again while things happen; each time it goes on behind the last cursor. */
  async drops() {
    const through = await wire();
    const start = client(told.url, told.token).iterate({ query: ACTIVITY });
    const first = start.next();
    await moment(1500);
    await happen(1);
    let { cursor } = (await first).value.data.activity;
    await start.return();
    const seen = [];
    let cuts = 0;
    const happening = happen(24);
    while (seen.length < 24) {
      try {
        for await (const { data } of client(through.url, told.token).iterate({ query: ACTIVITY, variables: { after: cursor } })) {
          seen.push(data.activity.fact.id);
          cursor = data.activity.cursor;
          if (seen.length === 24) break;
          if (seen.length % 5 === 0) {
            cuts++;
            through.cut();
          }
        }
      } catch {
        await moment(20);
      }
    }
    await happening;
    through.end();
    return { seen, cuts };
  },
  /** What a handshake is answered that should not be. */
  async refuses() {
    const shake = (protocols, options) =>
      new Promise((answered) => {
        const socket = new WebSocket(told.url.replace("http", "ws"), protocols, options);
        socket.on("unexpected-response", (_, response) => answered(response.statusCode));
        socket.on("error", () => {});
        socket.on("open", () => (socket.close(), answered("open")));
      });
    return {
      elsewhere: await shake(["graphql-transport-ws"], { origin: "https://elsewhere.example" }),
      legacy: await shake(["graphql-ws"]),
      here: await shake(["graphql-transport-ws"], { origin: new URL(told.url).origin }),
    };
  },
};

process.stdout.write(JSON.stringify(await scenarios[told.scenario]()), () => process.exit(0));
