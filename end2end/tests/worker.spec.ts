// What must not leave the browser is in a worker without network: here that is looked at from outside.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test, type Page, type Request, type Worker } from "@playwright/test";
import { Graph } from "./support/graph";
import { sent, traces } from "./support/network";
import { makeCertificate, makePfx, type OpensslCertificate } from "./support/openssl";
import { alive, drop, signIn } from "./support/portal";

const PASSWORD = "correct-horse-battery-staple";
const dialog = (page: Page) => page.getByRole("dialog", { name: "This file is locked with a password" });
const chooser = (page: Page) => page.locator("[data-tool-file]").first();

/** Nothing of the key, of the file that holds it, or of the password. */
function expectNothingOf(log: string, made: OpensslCertificate, pfx: Buffer): void {
  expect(log).not.toContain(PASSWORD);
  expect(log).not.toContain("PRIVATE KEY");
  for (const trace of traces(made.key)) expect(log).not.toContain(trace);
  expect(log).not.toContain(pfx.toString("base64").slice(200, 260));
  expect(log).not.toContain(pfx.subarray(150, 190).toString("latin1"));
}

/** The page's worker, once it answers. */
async function worker(page: Page): Promise<Worker> {
  await expect.poll(() => page.workers().length).toBe(1);
  return page.workers()[0]!;
}

test("a PFX is opened and a proof signed where there is no network, and only the assertion goes out", async ({ page }) => {
  const made = makeCertificate("/CN=worker-proof");
  const pfx = readFileSync(makePfx(made, PASSWORD));
  const graph = await Graph.as("Mara Lindqvist");
  const { id } = await graph.app("print-gateway");
  const before = await graph.keys("print-gateway");
  await graph.setKeys("print-gateway", [
    ...before.map((key) => ({ ...key, key: null })),
    { key: made.derBase64, type: "AsymmetricX509Cert", usage: "Verify", displayName: "CN=worker-proof" },
  ]);
  const script = page.waitForResponse(/\/pkg\/worker-proof\.[0-9a-f]+\.js$/);
  await signIn(page, "Mara Lindqvist", `/apps/${id}/proof`);
  await alive(page);
  const log = sent(page);
  await drop(page, "bundle.pfx", pfx, ".drop--small");
  const policy = (await (await script).allHeaders())["content-security-policy"];
  expect(policy).toBe("default-src 'none'; script-src 'wasm-unsafe-eval'");

  // After a wrong password the field has the focus still: one can type on.
  await dialog(page).getByLabel("Password").fill("wrong");
  await page.keyboard.press("Enter");
  await expect(dialog(page).getByRole("alert")).toHaveText("That password does not open the file. Try again.");
  await expect(dialog(page).getByLabel("Password")).toBeFocused();
  await expect(dialog(page).getByLabel("Password")).toHaveValue("");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Get a token" }).click();
  await expect(page.getByRole("heading", { name: "Token issued: print-gateway can sign in" })).toBeVisible({ timeout: 40_000 });

  const everything = log();
  // The log does see what is sent.
  expect(everything).toContain(Buffer.from('{"alg":"PS256"').toString("base64url").slice(0, 16));
  expectNothingOf(everything, made, pfx);
});

test("a script in the worker reaches no address", async ({ page }) => {
  const hits: string[] = [];
  const outside = createServer((request, response) => {
    hits.push(request.url ?? "");
    response.setHeader("access-control-allow-origin", "*").end("export {}");
  });
  await new Promise<void>((ready) => outside.listen(0, "127.0.0.1", ready));
  try {
    const { port } = outside.address() as AddressInfo;
    await signIn(page, "Mara Lindqvist", "/certificates/new");
    await chooser(page).setInputFiles(makeCertificate("/CN=worker-alone").certificate);
    await expect(page.getByRole("heading", { name: "worker-alone" })).toBeVisible();
    const there = await worker(page);
    // Chromium tells of some attempts and then of their end, others it never begins.
    const asked: Request[] = [];
    page.context().on("request", (request) => asked.push(request));
    const addresses = [`http://127.0.0.1:${port}`, new URL(page.url()).origin];
    for (const address of addresses) {
      const reached = await there.evaluate(async (address) => {
        const socket = address.replace("http", "ws");
        const attempt = (begin: () => Promise<unknown>): Promise<boolean> => begin().then(() => true, () => false);
        const opens = (make: () => EventTarget): Promise<unknown> =>
          new Promise((open, shut) => {
            const target = make();
            target.addEventListener("open", open);
            target.addEventListener("message", open);
            target.addEventListener("error", shut);
          });
        return {
          fetch: await attempt(() => fetch(`${address}/fetch`)),
          blind: await attempt(() => fetch(`${address}/blind`, { method: "POST", mode: "no-cors", body: "key" })),
          request: await attempt(
            () =>
              new Promise((load, fail) => {
                const request = new XMLHttpRequest();
                request.onload = load;
                request.onerror = fail;
                request.open("GET", `${address}/request`);
                request.send();
              }),
          ),
          events: await attempt(() => opens(() => new EventSource(`${address}/events`))),
          socket: await attempt(() => opens(() => new WebSocket(`${socket}/socket`))),
          script: await attempt(() => import(`${address}/script.js`)),
          worker: await attempt(() => opens(() => new Worker(`${address}/worker.js`))),
          evaluated: await attempt(async () => new Function("return 1")()),
        };
      }, address);
      expect(reached, address).toEqual({
        fetch: false, blind: false, request: false, events: false, socket: false, script: false, worker: false, evaluated: false,
      });
    }
    expect(hits).toEqual([]);
    // The other server does hear what is asked of it.
    await page.request.get(`http://127.0.0.1:${port}/heard`);
    expect(hits).toEqual(["/heard"]);
    const attempts = asked.filter((it) => /\/(fetch|blind|request|events|socket|script\.js|worker\.js)$/.test(it.url()));
    const ends = (): (string | undefined)[] => attempts.map((it) => it.failure()?.errorText);
    await expect.poll(ends).toEqual(attempts.map(() => "csp"));
  } finally {
    outside.close();
  }
});

for (const [what, pattern] of [
  ["the worker", /\/pkg\/worker-certificates\.[0-9a-f]+\.wasm$/],
  ["the page's script", /\/pkg\/worker-host\.[0-9a-f]+\.js$/],
] as const) {
  test(`a PFX that is chosen while ${what} is on its way is sent nowhere, and is read when it comes`, async ({ page }) => {
    const made = makeCertificate("/CN=stalled");
    const path = makePfx(made, PASSWORD);
    let release = (): void => {};
    const stalled = new Promise<void>((open) => (release = open));
    await page.route(pattern, async (route) => {
      await stalled;
      await route.continue();
    });
    await signIn(page, "Mara Lindqvist", "/certificates/new");
    const log = sent(page);
    await expect(chooser(page)).not.toHaveAttribute("name");
    await chooser(page).setInputFiles(path);
    // As a person does who is impatient: by the keyboard, by a button, and by the browser's own way.
    await page.getByText("Paste it as text").click();
    await page.getByRole("button", { name: "Read the text" }).click();
    await page.locator(".drop__form").evaluate((form: HTMLFormElement) => form.requestSubmit());
    await expect(page).toHaveURL("/certificates/new");
    if (what === "the worker") await expect(page.getByText("Getting ready to read it")).toBeVisible();
    release();
    await dialog(page).getByLabel("Password").fill(PASSWORD);
    await dialog(page).getByRole("button", { name: "Open" }).click();
    await expect(page.getByText("The private key stayed in this browser")).toBeVisible();
    expectNothingOf(log(), made, readFileSync(path));
  });
}

test("many files: each has its fate, and the good ones go on together", async ({ page }) => {
  const [one, two] = [makeCertificate("/CN=many-one"), makeCertificate("/CN=many-two")];
  const file = (name: string, buffer: Buffer) => ({ name, mimeType: "application/octet-stream", buffer });
  await signIn(page, "Mara Lindqvist", "/certificates/new");
  await chooser(page).setInputFiles([
    file("one.pem", Buffer.from(one.pem)),
    file("two.pfx", readFileSync(makePfx(two, PASSWORD))),
    file("notes.txt", Buffer.from("not a certificate at all")),
    file("key.pem", readFileSync(one.key)),
  ]);
  await dialog(page).getByLabel("Password").fill(PASSWORD);
  await dialog(page).getByRole("button", { name: "Open" }).click();
  const row = (name: string) => page.getByRole("row", { name: new RegExp(`^${name} `) });
  await expect(row("one.pem")).toContainText("Read");
  await expect(row("two.pfx")).toContainText("The private key stayed in this browser.");
  await expect(row("notes.txt")).toContainText("It is not a certificate in any form known here");
  await expect(row("key.pem")).toContainText("It holds a private key and no certificate");
  await page.getByRole("button", { name: "Continue with 2 certificates" }).click();
  await expect(page).toHaveURL((url) => /^\/certificates\/[0-9a-f]{64}\/apps$/.test(url.pathname) && url.searchParams.getAll("certificate[]").length === 1);
  await page.goto("/certificates/new");
  await chooser(page).setInputFiles([one, two].map((made, at) => file(`${at}.pem`, Buffer.from(made.pem))));
  await page.getByText("Each to an app of its own").click();
  await page.getByLabel("many-one").fill("order-intake");
  await page.getByLabel("many-two").fill("returns-desk");
  await expect(page.locator("#apart-csv")).toHaveValue(/returns-desk,MII/);
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Preview" })).toBeVisible();
  for (const app of ["order-intake", "returns-desk"]) await expect(page.getByRole("heading", { name: app, exact: true })).toBeVisible();
});

test("where scripts run no file field has a name, so none can be posted; without them one has, for certificates only", async ({ page }) => {
  const { id } = await (await Graph.as("Mara Lindqvist")).app("customer-portal");
  await signIn(page, "Mara Lindqvist");
  for (const path of ["/certificates/new", "/search", "/doctor", "/table", `/apps/${id}/proof`]) {
    await page.goto(path);
    expect(await page.locator("input[type=file]").count(), path).toBeGreaterThan(0);
    await expect(page.locator("input[type=file][name]"), path).toHaveCount(0);
    const html = await (await page.request.get(path)).text();
    const plain = [...html.matchAll(/<noscript>.*?<\/noscript>/gs)].map(([part]) => part).filter((part) => /<input[^>]*type="file"/.test(part));
    for (const part of plain) expect(part, path).toMatch(/Certificates only/);
    expect(plain.length, path).toBe(path === "/certificates/new" ? 1 : 0);
  }
});
