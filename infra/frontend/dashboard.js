"use strict";
// A sample frontend of Kith: one query, drawn with plain DOM calls. Copy it and make it yours.

const QUERY = `query Dashboard {
  viewer { organisation { name } roles }
  people(first: 1) { totalCount }
  matches(first: 20, orderBy: NEWEST) {
    totalCount nodes { id status beganAt mentor { name } mentee { name } }
  }
  meetings(first: 10, orderBy: SOONEST, filter: {status: [ARRANGED]}) {
    nodes { startsAt format status match { mentor { name } mentee { name } } }
  }
  evaluationRollups(first: 12, orderBy: NEWEST) {
    nodes { month indicator value people programme { name } }
  }
}`;

const form = document.getElementById("sign-in");
const day = (at) => at ? new Date(at).toLocaleDateString("en-GB", { dateStyle: "medium" }) : "not yet";
const time = (at) => new Date(at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
const month = (at) => new Date(at).toLocaleDateString("en-GB", { month: "long", year: "numeric", timeZone: "UTC" });
const words = (name) => name && name.charAt(0) + name.slice(1).toLowerCase().replaceAll("_", " ");
const say = (sentence) => { document.getElementById("message").textContent = sentence; };

/** Make an element that holds a text or other elements; text is never read as HTML. */
function make(tag, content) {
  const element = document.createElement(tag);
  if (Array.isArray(content)) element.append(...content);
  else element.textContent = content ?? "not known";
  return element;
}

function table(caption, headings, rows) {
  const lines = rows.map((cells) => make("tr", cells.map((cell) => make("td", cell))));
  const head = headings.map((heading) => Object.assign(make("th", heading), { scope: "col" }));
  if (!lines.length) return make("p", `${caption}: there are none yet.`);
  return make("table", [make("caption", caption), make("thead", [make("tr", head)]), make("tbody", lines)]);
}

function draw({ viewer, people, matches, meetings, evaluationRollups }) {
  document.getElementById("dashboard").replaceChildren(
    make("h2", viewer?.organisation?.name),
    make("p", `You are signed in as ${viewer?.roles?.map(words).join(", ") || "someone with no role"}.`),
    make("p", `People: ${people?.totalCount ?? "not known"}. Matches: ${matches?.totalCount ?? "not known"}.`),
    table("Newest matches", ["Mentor", "Mentee", "Status", "Started"], (matches?.nodes ?? []).map(
      (match) => [match.mentor?.name, match.mentee?.name, words(match.status), day(match.beganAt)])),
    table("Next meetings", ["When", "Mentor", "Mentee", "Format"], (meetings?.nodes ?? []).map((meeting) => [
      time(meeting.startsAt), meeting.match?.mentor?.name, meeting.match?.mentee?.name, words(meeting.format)])),
    table("Latest evaluation", ["Month", "Programme", "Indicator", "Value", "People"],
      (evaluationRollups?.nodes ?? []).map((rollup) => [
        month(rollup.month), rollup.programme?.name, words(rollup.indicator), rollup.value, rollup.people])));
}

async function ask(api, token) {
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
  const body = JSON.stringify({ query: QUERY });
  const response = await fetch(api, { method: "POST", headers, body }).catch(() => null);
  if (!response) throw new Error("The API could not be reached at that address.");
  const answer = await response.json().catch(() => null);
  if (!answer?.data && !answer?.errors) throw new Error(`The API answered with status ${response.status} and no data.`);
  return answer;
}

form.elements.api.value = new URL("/graphql", window.location.href).href;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  say("Asking the API.");
  document.getElementById("dashboard").replaceChildren();
  try {
    const { data, errors } = await ask(form.elements.api.value, form.elements.token.value.trim());
    if (data) draw(data);
    say((errors ?? []).map((error) => error.message).join(" "));
  } catch (error) {
    say(error.message);
  }
});
