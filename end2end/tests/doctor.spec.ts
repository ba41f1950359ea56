import { readFileSync } from "node:fs";
import { expect, test, type Locator, type Page } from "@playwright/test";
import { assertion, tokenAnswer } from "./support/assertion";
import { Graph } from "./support/graph";
import { sent, traces } from "./support/network";
import { makeCertificate, makePfx } from "./support/openssl";
import { drop, alive, signIn } from "./support/portal";

const PASSWORD = "correct-horse-battery-staple";
const paste = (page: Page): Locator => page.getByLabel(/^Paste the error/);

test("from the error to a token in at most six clicks, and no key leaves the browser", async ({ page }) => {
  const made = makeCertificate("/CN=doctor-cure");
  const pfx = readFileSync(makePfx(made, PASSWORD));
  const graph = await Graph.as("Mara Lindqvist");
  const { appId, id } = await graph.app("event-hub-relay");
  const before = await graph.keys("event-hub-relay");
  // The words are the token endpoint's own.
  const error = await tokenAnswer(appId, assertion(made, appId));
  expect(error).toContain("AADSTS700027");
  await signIn(page, "Mara Lindqvist", "/doctor");
  await alive(page);

  const log = sent(page);
  const started = Date.now();
  let clicks = 0;
  const click = async (target: Locator): Promise<void> => {
    clicks += 1;
    await target.click();
  };

  await paste(page).fill(error);
  await expect(page.getByRole("heading", { name: "The certificate is not registered on the app" })).toBeVisible();
  await drop(page, "certificate.cer", Buffer.from(made.pem), ".paste");
  await click(page.getByRole("button", { name: "Register this certificate on event-hub-relay" }));
  await expect(page.getByRole("heading", { level: 1, name: "Preview" })).toBeVisible();
  await click(page.getByRole("button", { name: "Push to 1 app" }));
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 1 app" })).toBeVisible({ timeout: 30_000 });
  await click(page.getByRole("link", { name: /^Prove it/ }));
  await expect(page).toHaveURL(`/apps/${id}/proof`);
  await expect(page.locator(".drop--small")).toBeVisible();
  await drop(page, "bundle.pfx", pfx, ".drop--small");
  const dialog = page.getByRole("dialog", { name: "This file is locked with a password" });
  await dialog.getByLabel("Password").fill(PASSWORD);
  await click(dialog.getByRole("button", { name: "Open" }));
  await click(page.getByRole("button", { name: "Get a token" }));
  await expect(page.getByRole("heading", { name: "Token issued: event-hub-relay can sign in" })).toBeVisible({ timeout: 40_000 });
  const took = Date.now() - started;

  await expect(page.getByRole("main")).toContainText(appId);
  expect(clicks).toBeLessThanOrEqual(6);
  expect(took).toBeLessThan(60_000);
  const after = await graph.keys("event-hub-relay");
  expect(after.slice(0, -1)).toEqual(before);

  const everything = log();
  // The log does see what is sent: certificate and assertion are in it.
  expect(everything).toContain(made.pem.split("\n")[3]!);
  expect(everything).toContain(Buffer.from('{"alg":"PS256"').toString("base64url").slice(0, 16));
  expect(everything).not.toContain(PASSWORD);
  expect(everything).not.toContain("PRIVATE KEY");
  for (const trace of traces(made.key)) expect(everything).not.toContain(trace);
  expect(everything).not.toContain(pfx.toString("base64").slice(200, 260));
  expect(everything).not.toContain(pfx.subarray(150, 190).toString("latin1"));
  // What was pasted stayed where it was pasted.
  expect(everything).not.toContain("is not registered on application");
});

test("an RS256 assertion proves as well, from a PEM key alone; a key of nobody sends nothing", async ({ page }) => {
  const made = makeCertificate("/CN=doctor-rs256");
  const graph = await Graph.as("Mara Lindqvist");
  const { id } = await graph.app("print-gateway");
  const before = await graph.keys("print-gateway");
  await graph.setKeys("print-gateway", [
    ...before.map((key) => ({ ...key, key: null })),
    { key: made.derBase64, type: "AsymmetricX509Cert", usage: "Verify", displayName: "CN=doctor-rs256" },
  ]);
  await signIn(page, "Mara Lindqvist", `/apps/${id}/proof`);
  await alive(page);
  const log = sent(page);
  await drop(page, "other.key", readFileSync(makeCertificate("/CN=doctor-other").key), ".drop--small");
  await expect(page.getByText("This private key belongs to no certificate here")).toBeVisible();
  await expect(page.getByRole("button", { name: "Get a token" })).toHaveCount(0);
  await drop(page, "private.key", readFileSync(made.key), ".drop--small");
  await page.getByRole("radio", { name: /^RS256/ }).check();
  await page.getByRole("button", { name: "Get a token" }).click();
  await expect(page.getByRole("heading", { name: "Token issued: print-gateway can sign in" })).toBeVisible({ timeout: 40_000 });
  expect(log()).toContain(Buffer.from('{"alg":"RS256"').toString("base64url").slice(0, 16));
  for (const trace of traces(made.key)) expect(log()).not.toContain(trace);
});

test("a PFX given to the doctor is opened by a second worker, which is fetched then, and its key goes nowhere", async ({ page }) => {
  const made = makeCertificate("/CN=doctor-pfx");
  const pfx = readFileSync(makePfx(made, PASSWORD));
  await signIn(page, "Mara Lindqvist", "/doctor");
  await alive(page);
  await expect.poll(() => page.workers().length).toBe(1);
  const log = sent(page);
  const second = page.waitForResponse(/\/pkg\/worker-certificates\.[0-9a-f]+\.js$/);
  await drop(page, "bundle.pfx", pfx, ".paste");
  expect((await (await second).allHeaders())["content-security-policy"]).toBe("default-src 'none'; script-src 'wasm-unsafe-eval'");
  const dialog = page.getByRole("dialog", { name: "This file is locked with a password" });
  await dialog.getByLabel("Password").fill("wrong");
  await page.keyboard.press("Enter");
  await expect(dialog.getByRole("alert")).toHaveText("That password does not open the file. Try again.");
  await expect(dialog.getByLabel("Password")).toBeFocused();
  // Put off, and chosen again: it is asked for anew.
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await expect(dialog).toBeHidden();
  await drop(page, "bundle.pfx", pfx, ".paste");
  await dialog.getByLabel("Password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Open" }).click();
  await expect(page.locator("[data-tool-answer=dropped]")).toContainText("doctor-pfx");
  await expect(page.locator("[data-tool-progress]")).toHaveText("");
  expect(page.workers().length).toBe(2);
  await expect.poll(log).toContain(made.sha1);
  expect(log()).not.toContain(PASSWORD);
  for (const trace of traces(made.key)) expect(log()).not.toContain(trace);
  expect(log()).not.toContain(pfx.toString("base64").slice(200, 260));
  expect(log()).not.toContain(pfx.subarray(150, 190).toString("latin1"));
});

test("what a script says about a proof is judged in the browser, by the doctor's worker, which is fetched then", async ({ page }) => {
  const { id } = await (await Graph.as("Mara Lindqvist")).app("customer-portal");
  await signIn(page, "Mara Lindqvist", `/apps/${id}/proof`);
  await alive(page);
  await expect.poll(() => page.workers().length).toBe(1);
  const log = sent(page);
  await page.getByRole("radiogroup", { name: "Where the private key is" }).getByText("Copy and paste").click();
  await page.getByLabel("Its output").fill("AADSTS700027: it is not registered on application. [Reason - The key was not found.] client_secret=Abc8Q~notReallyASecret.AtAll0123456789");
  await expect(page.getByRole("region", { name: "Most likely cause" })).toBeVisible();
  expect(page.workers().length).toBe(2);
  expect(log()).toContain("/pkg/worker-doctor.");
  expect(log()).not.toContain("notReallyASecret");
  expect(log()).not.toContain("is not registered on application");
  await page.getByLabel("Its output").fill("");
  await expect(page.getByRole("region", { name: "Most likely cause" })).toHaveCount(0);
});

test("signed out, the doctor reads a token’s header and asks nobody", async ({ page }) => {
  const made = makeCertificate("/CN=doctor-header");
  await page.goto("/doctor");
  await alive(page);
  await expect.poll(() => page.workers().length).toBe(1);
  // The worker that reads certificates is fetched with the first one, and of the certificate nothing is in that.
  const asked: string[] = [];
  page.on("request", (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}${new URL(request.url()).search}`));
  await drop(page, "certificate.cer", Buffer.from(made.pem), ".paste");
  await expect(page.locator("[data-tool-answer=dropped]")).toContainText("doctor-header");
  expect(asked).toHaveLength(2);
  for (const it of asked) expect(it).toMatch(/^GET \/pkg\/worker-certificates\.[0-9a-f]{16}\.(js|wasm)$/);
  const log = sent(page);
  await paste(page).fill(assertion(made, "0f1e2d3c-4b5a-4978-8685-9483a2b101f5", made.sha1));
  await drop(page, "certificate.cer", Buffer.from(made.pem), ".paste");
  await expect(page.getByRole("heading", { name: "x5t holds the hexadecimal text itself" })).toBeVisible();
  const right = Buffer.from(made.sha1, "hex").toString("base64url");
  await expect(page.getByRole("row", { name: /^x5t / })).toContainText(right);
  await expect(page.getByRole("row", { name: /^x5t / })).toContainText("Wrong");
  expect(log()).toBe("");
});

test("a paste waits in this tab while its person signs in, and is sent nowhere", async ({ page }) => {
  const made = makeCertificate("/CN=doctor-waits");
  const { appId } = await (await Graph.as("Mara Lindqvist")).app("legal-hold-collector");
  const held = assertion(made, appId);
  const error = await tokenAnswer(appId, held);
  const text = `${error}\nclient_secret=Abc8Q~notReallyASecret.AtAll0123456789\nclient_assertion=${held}`;
  await page.goto("/doctor");
  await alive(page);
  const log = sent(page);
  await paste(page).fill(text);
  await drop(page, "certificate.cer", Buffer.from(made.pem), ".paste");
  const verdict = page.getByRole("heading", { name: "The certificate is not registered on the app" });
  await expect(verdict).toBeVisible();
  await page.getByRole("link", { name: "Sign in to register it here" }).click();
  // At the tenant, which is another origin: nothing of it can be seen there.
  await page.getByRole("button", { name: "Mara Lindqvist" }).click();
  await expect(page).toHaveURL("/doctor");
  await expect(verdict).toBeVisible();
  await expect(page.getByRole("button", { name: "Register this certificate on legal-hold-collector" })).toBeVisible();
  const back = await paste(page).inputValue();
  expect(back).toContain("is not registered on application");
  expect(back).toContain(held.split(".").slice(0, 2).join("."));
  // It was put aside without the secret and without the signature.
  expect(back).not.toContain("notReallyASecret");
  expect(back).not.toContain(held.split(".")[2]!.slice(0, 20));
  // Once: it is in the page now, and nowhere else.
  expect(await page.evaluate(() => Object.keys(sessionStorage))).not.toContain("thumbprint-doctor");
  await page.reload();
  await alive(page);
  await expect(paste(page)).toHaveValue("");

  const everything = log();
  expect(everything).toContain("/sign-in?return=");
  // Ids and thumbprints are looked up once the person is signed in; of the text itself nothing is in any request.
  expect(everything).toContain(made.sha1);
  for (const part of ["is not registered on application", "AADSTS", "notReallyASecret", ...held.split("."), made.pem.split("\n")[3]!]) {
    expect(everything).not.toContain(part);
  }
});

test("the palette finds an app by its thumbprint, with the keyboard alone", async ({ page }) => {
  const graph = await Graph.as("Mara Lindqvist");
  const { id } = await graph.app("vpn-provisioning");
  const [key] = await graph.keys("vpn-provisioning");
  const hex = Buffer.from(key!.customKeyIdentifier!, "base64").toString("hex").replaceAll(/(..)(?!$)/g, "$1:");
  await signIn(page, "Mara Lindqvist", "/audit");
  await alive(page);
  await page.keyboard.press("Control+k");
  const box = page.getByRole("combobox", { name: /Thumbprint/ });
  await expect(box).toBeFocused();
  await page.keyboard.type("doc");
  await expect(page.getByRole("option", { name: /^Doctor/ })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("option", { name: /^Doctor/ })).toHaveAttribute("aria-selected", "false");
  await page.keyboard.press("Escape");
  await expect(box).toBeHidden();
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Control+a");
  await page.keyboard.type(hex);
  await expect(page.getByRole("option", { name: /^vpn-provisioning/ }).first()).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/apps/${id}`);

  // The same on the search page, by its own URL.
  await page.goto(`/search?q=${encodeURIComponent(hex)}`);
  await expect(page.getByRole("table").getByRole("link", { name: "vpn-provisioning" }).first()).toBeVisible();
  await page.goto(`/search?q=${"0".repeat(40)}`);
  await expect(page.getByText("Nobody holds it")).toBeVisible();
});

test("Key Vault lists what is on no app and what is behind, and hands over a public part", async ({ page }) => {
  const graph = await Graph.as("Mara Lindqvist");
  await signIn(page, "Mara Lindqvist", "/vaults?vault=contoso-apps");
  await alive(page);
  const cell = (name: string): Locator => page.getByRole("row", { name: new RegExp(`^${name} `) }).getByRole("cell").nth(2);
  // Renewed in the vault, and the app that has the version before is named and linked.
  for (const name of ["vault-rotator", "dns-updater", "payroll-batch"]) {
    const { id } = await graph.app(name);
    await expect(cell(name)).toContainText("Older version");
    await expect(cell(name).getByRole("link", { name, exact: true }).last()).toHaveAttribute("href", `/apps/${id}`);
  }
  await expect(cell("release-automation")).toHaveText("release-automation");
  for (const name of ["backup-agent", "device-attestation", "legacy-batch"]) await expect(cell(name)).toHaveText("No app");
  await expect(page.getByRole("main")).toContainText("7 certificates · 3 with an older version on an app · 3 on no app");
  await page.getByRole("row", { name: /^backup-agent/ }).getByRole("button", { name: /^Use this certificate/ }).click();
  await expect(page).toHaveURL(/\/certificates\/[0-9a-f]{64}/);
});

test("one cause at most is almost certain; what the page knows of the app is used, and the certificate can be registered at once", async ({ page }) => {
  const made = makeCertificate("/CN=doctor-one-cause");
  const graph = await Graph.as("Mara Lindqvist");
  const { appId } = await graph.app("hr-offboarding-worker");
  const registered = await graph.keys("hr-offboarding-worker");
  expect(registered).toHaveLength(3);
  await signIn(page, "Mara Lindqvist", "/doctor");
  await alive(page);
  await paste(page).fill(await tokenAnswer(appId, assertion(made, appId)));
  await drop(page, "certificate.cer", Buffer.from(made.pem), ".paste");
  await expect(page.getByText("Its keyCredentials")).toBeVisible();
  await expect(page.getByRole("main")).toContainText("3 entries");
  await expect(page.getByRole("region", { name: "Most likely cause" })).toContainText("hr-offboarding-worker");
  await expect(page.getByRole("button", { name: "Register this certificate on hr-offboarding-worker" })).toBeVisible();
  expect(await page.getByText("Almost certain", { exact: true }).count()).toBeLessThanOrEqual(1);
  // Nothing says of an app that is here, with its entries, that it is not, or that it has none.
  await expect(page.getByRole("main")).not.toContainText(/has no (certificates|keyCredentials|entries)|no such app|is not in this tenant\./);
});
