"use strict";
// The page around GraphiQL: keeps the bearer token for this tab only, and sends it with every request.

const TOKEN_KEY = "kith.token";
const STARTING_QUERY = "{\n  viewer {\n    organisation {\n      name\n    }\n    roles\n    permissions\n  }\n}\n";

const root = ReactDOM.createRoot(document.getElementById("explorer"));
const tokenBox = document.getElementById("token");
let timesShown = 0;

/** Send one request of GraphiQL's with the token that is in use now. */
function fetchWithToken(address, options) {
  const headers = new Headers(options.headers);
  const token = sessionStorage.getItem(TOKEN_KEY);
  if (!token) return Promise.resolve(Response.json({ errors: [{ message: "Paste a token first." }] }));
  if (!headers.has("Authorization")) headers.set("Authorization", `Bearer ${token}`);
  return fetch(address, { ...options, headers, credentials: "omit", referrerPolicy: "no-referrer" });
}

/** Draw GraphiQL anew, so that it reads the schema again as whoever the token stands for. */
function show() {
  timesShown += 1;
  const stored = sessionStorage.getItem(TOKEN_KEY);
  document.getElementById("token-state").textContent = stored ? "A token is in use." : "No token is in use.";
  root.render(React.createElement(GraphiQL, {
    key: timesShown,
    fetcher: GraphiQL.createFetcher({ url: window.location.pathname, fetch: fetchWithToken }),
    defaultQuery: STARTING_QUERY,
    storage: sessionStorage, // queries can name people: nothing outlives the tab
    shouldPersistHeaders: false,
    showPersistHeadersSettings: false,
  }));
}

/** Keep a token, or forget the one kept where it is empty. */
function useToken(token) {
  if (token) sessionStorage.setItem(TOKEN_KEY, token);
  else sessionStorage.removeItem(TOKEN_KEY);
  tokenBox.value = token;
  show();
}

document.getElementById("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  useToken(tokenBox.value.trim().replace(/^Bearer\s+/i, ""));
});
document.getElementById("forget").addEventListener("click", () => useToken(""));
useToken(sessionStorage.getItem(TOKEN_KEY) ?? "");
