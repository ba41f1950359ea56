import { readFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import { Graph, type KeyCredential } from "./support/graph";
import { makeCertificate } from "./support/openssl";
import { about, choose, alive, jsonIn, signIn, upload } from "./support/portal";

test("an admin drops a certificate, pushes it to two apps, and nothing else changes", async ({ page }) => {
  const made = makeCertificate("/CN=payroll-2027/O=Contoso");
  const apps = ["ledger-export", "warehouse-loader"];
  const graph = await Graph.as("Mara Lindqvist");
  const before = await Promise.all(apps.map((app) => graph.keys(app)));
  expect(before.every((keys) => keys.length > 0)).toBe(true);

  await signIn(page, "Mara Lindqvist");
  await upload(page, "whatever.txt", readFileSync(made.certificate));

  // What the page shows is what openssl says.
  await expect(page.getByRole("heading", { level: 1, name: "payroll-2027" })).toBeVisible();
  const main = page.getByRole("main");
  await expect(main).toContainText(made.sha1.match(/.{4}/g)!.join(" "));
  await expect(main).toContainText(Buffer.from(made.sha1, "hex").toString("base64"));
  await expect(main).toContainText(Buffer.from(made.sha256, "hex").toString("base64url"));

  await page.getByRole("link", { name: "Choose apps" }).first().click();
  for (const app of apps) await choose(page, app);
  await expect(page.getByRole("status").filter({ hasText: "2 apps chosen" })).toBeVisible();
  await page.getByRole("button", { name: "Preview" }).click();

  await expect(page.getByRole("heading", { level: 1, name: "Preview" })).toBeVisible();
  for (const [at, app] of apps.entries()) {
    const body = (await jsonIn(about(page, app), `the request for ${app}`)) as { keyCredentials: Record<string, unknown>[] };
    // Every entry that is there goes back as it was, with its key left to Graph; the new one is openssl's.
    expect(body.keyCredentials.slice(0, -1)).toEqual(before[at]!.map((key) => ({ ...key, key: null })));
    expect(body.keyCredentials.at(-1)).toMatchObject({
      customKeyIdentifier: Buffer.from(made.sha1, "hex").toString("base64"),
      key: made.derBase64,
      type: "AsymmetricX509Cert",
      usage: "Verify",
      displayName: "CN=payroll-2027, O=Contoso",
    });
  }

  await page.getByRole("button", { name: "Push to 2 apps" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 2 apps" })).toBeVisible({ timeout: 30_000 });
  await expect(page).toHaveURL(/\/receipts\//);

  for (const [at, app] of apps.entries()) {
    await expect(about(page, app)).toContainText("Nothing else changed");
    const after = await graph.keys(app);
    // To the letter: not a byte of the others differs.
    expect(JSON.stringify(after.slice(0, before[at]!.length))).toBe(JSON.stringify(before[at]));
    expect(after).toHaveLength(before[at]!.length + 1);
    expect(after.at(-1)).toMatchObject({ key: made.derBase64, usage: "Verify", type: "AsymmetricX509Cert" });
    // A push reads without keys, which Graph rations; of the others' entries the receipt has everything else.
    const shown = (await jsonIn(about(page, app), `keyCredentials of ${app} after`)) as Record<string, unknown>[];
    expect(shown.slice(0, -1)).toEqual(after.slice(0, -1).map((key) => ({ ...key, key: null })));
    expect(shown.at(-1)).toEqual(after.at(-1));
  }

  // The receipt is kept, and the audit knows of both.
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 2 apps" })).toBeVisible();
  await page.goto(`/audit?q=${made.sha1}`);
  for (const app of apps) await expect(page.getByRole("row", { name: new RegExp(app) })).toContainText("Verified");

  // The same again: nothing to do, and said so.
  await page.goto(`/certificates/${made.sha256.toLowerCase()}/apps`);
  await alive(page);
  await choose(page, apps[0]!);
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(about(page, apps[0]!)).toContainText("Already there");
  await expect(page.getByText("There is nothing to push")).toBeVisible();
});

test("an addition keeps what somebody else added after the preview", async ({ page }) => {
  const made = makeCertificate("/CN=report-2027");
  const other = makeCertificate("/CN=somebody-else");
  const graph = await Graph.as("Mara Lindqvist");
  await signIn(page, "Mara Lindqvist");
  await upload(page, "certificate.pem", readFileSync(made.certificate));
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  await choose(page, "report-scheduler");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByRole("button", { name: "Push to 1 app" })).toBeVisible();
  const theirs = await addBySomebody(graph, "report-scheduler", other);

  await page.getByRole("button", { name: "Push to 1 app" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 1 app" })).toBeVisible({ timeout: 30_000 });
  const after = await graph.keys("report-scheduler");
  expect(after.slice(0, -1)).toEqual(theirs);
  expect(after.at(-1)!.key).toBe(made.derBase64);
});

test("a replacement leaves an app alone that changed after the preview", async ({ page }) => {
  const made = makeCertificate("/CN=returns-2027");
  const other = makeCertificate("/CN=somebody-else");
  const graph = await Graph.as("Mara Lindqvist");
  await signIn(page, "Mara Lindqvist");
  await upload(page, "certificate.pem", readFileSync(made.certificate));
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  await choose(page, "returns-desk");
  await page.getByRole("radio", { name: /^Replace/ }).check();
  await page.getByRole("button", { name: "Preview" }).click();
  await typeWhatIsAsked(page);
  const theirs = await addBySomebody(graph, "returns-desk", other);

  await page.getByRole("button", { name: "Push to 1 app" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 0 of 1 app" })).toBeVisible({ timeout: 30_000 });
  await expect(about(page, "returns-desk")).toContainText("Changed since the preview");
  expect(await graph.keys("returns-desk")).toEqual(theirs);

  // One click leads to a new preview, which goes through.
  await page.getByRole("button", { name: "Preview 1 app again" }).click();
  await expect(about(page, "returns-desk")).toContainText("CN=somebody-else");
  await typeWhatIsAsked(page);
  await page.getByRole("button", { name: "Push to 1 app" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 1 app" })).toBeVisible({ timeout: 30_000 });
  expect((await graph.keys("returns-desk")).map((key) => key.key)).toEqual([made.derBase64]);
});

test("replacing wants it typed, spares the token encryption key, and is undone to the byte", async ({ page }) => {
  const made = makeCertificate("/CN=gdpr-2027");
  const graph = await Graph.as("Mara Lindqvist");
  const before = await graph.keys("gdpr-export");
  await signIn(page, "Mara Lindqvist");
  await upload(page, "certificate.pem", readFileSync(made.certificate));
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  await choose(page, "gdpr-export");
  await page.getByRole("radio", { name: /^Replace/ }).check();
  await expect(page).toHaveURL(/mode=replace/);
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(about(page, "gdpr-export")).toContainText("1 removed");

  const push = page.getByRole("button", { name: "Push to 1 app" });
  await expect(push).toBeDisabled();
  await page.getByLabel(/^Type/).fill("something else");
  await expect(push).toBeDisabled();
  await typeWhatIsAsked(page);
  expect(await graph.keys("gdpr-export")).toEqual(before);
  await push.click();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 1 app" })).toBeVisible({ timeout: 30_000 });
  const after = await graph.keys("gdpr-export");
  expect(after.filter((key) => key.usage === "Encrypt")).toEqual(before.filter((key) => key.usage === "Encrypt"));
  expect(after.filter((key) => key.usage === "Verify").map((key) => key.key)).toEqual([made.derBase64]);

  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Preview" })).toBeVisible();
  await typeWhatIsAsked(page);
  await page.getByRole("button", { name: "Undo on 1 app" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 1 app" })).toBeVisible({ timeout: 30_000 });
  expect(JSON.stringify(await graph.keys("gdpr-export"))).toBe(JSON.stringify(before));
});

/** The words that the preview asks for before entries go. */
async function typeWhatIsAsked(page: Page): Promise<void> {
  await page.getByLabel(/^Type/).fill(await page.locator(".confirm__words").innerText());
}

/** Somebody else adds a certificate, carefully. Answers what is there then. */
async function addBySomebody(graph: Graph, app: string, other: { derBase64: string }): Promise<KeyCredential[]> {
  const before = await graph.keys(app);
  await graph.setKeys(app, [
    ...before.map((key) => ({ ...key, key: null })),
    { key: other.derBase64, type: "AsymmetricX509Cert", usage: "Verify", displayName: "CN=somebody-else" },
  ]);
  const theirs = await graph.keys(app);
  expect(theirs).toHaveLength(before.length + 1);
  return theirs;
}
