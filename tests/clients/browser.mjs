// Opens one page of the service in Chromium and does on it what a person would:
// { chromium, url, page, token, ... } as JSON in, what was seen as JSON out.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const told = JSON.parse(readFileSync(0, "utf8"));
const QUIET = ["--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update"];
const PATIENCE = { timeout: 20_000 };

const pages = {
  /** Paste a token, write a query, run it, read the answer. */
  async explorer(page) {
    await page.goto(`${told.url}/graphql`, { waitUntil: "networkidle" });
    // It asks for the schema before anybody signed in, and Chromium logs the answer.
    heard.splice(0, heard.length, ...heard.filter((line) => !line.includes("401 (Unauthorized)")));
    await page.fill("#token", told.token);
    await page.click("#sign-in button[type=submit]");
    await page.waitForSelector("#token-state:has-text('A token is in use.')", PATIENCE);
    await page.click(".graphiql-query-editor .CodeMirror", PATIENCE);
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText(told.query);
    await page.click(".graphiql-execute-button");
    await page.waitForSelector(`.result-window:has-text('${told.expected}')`, PATIENCE);
    return page.locator(".result-window .CodeMirror-line").allInnerTexts();
  },
  /** Sign in and read the tables. */
  async frontend(page) {
    await page.goto(`${told.url}/frontend/`);
    await page.fill("input[name=token]", told.token);
    await page.click("#sign-in button");
    await page.waitForSelector("#dashboard table", PATIENCE);
    return page.locator("#dashboard tbody tr").allInnerTexts();
  },
  /** Give a token and read the letters. */
  async mailbox(page) {
    await page.goto(`${told.url}/mailbox`);
    await page.fill("#token", told.token);
    await page.click("button");
    await page.waitForSelector("article", PATIENCE);
    return page.locator("article h2").allInnerTexts();
  },
};

const heard = []; // what the browser's console complained about
const requests = [];
const browser = await chromium.launch({ executablePath: told.chromium, args: QUIET });
try {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) heard.push(`${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => heard.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  const seen = await pages[told.page](page);
  process.stdout.write(JSON.stringify({ seen, heard, requests }));
} finally {
  await browser.close();
}
