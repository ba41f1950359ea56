import { readFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import { Graph } from "./support/graph";
import { makeCertificate } from "./support/openssl";
import { alive, signIn, upload } from "./support/portal";

const APPS = ["invoice-archive", "invoice-ocr", "invoice-sync"];

/** All that a search finds, in three waves that wait for a person. Ends on the receipt. */
async function pushInWaves(page: Page, certificate: Buffer): Promise<void> {
  await signIn(page, "Mara Lindqvist");
  await upload(page, "certificate.pem", certificate);
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  await page.getByLabel("Search apps").fill("invoice-");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.getByRole("checkbox", { name: /^All 3 apps/ }).check();
  await expect(page.getByRole("status").filter({ hasText: "All 3 apps that the search finds" })).toBeVisible();
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Preview" })).toBeVisible();
  await page.locator("details.pace > summary").click();
  await page.getByLabel("First wave, apps").fill("1");
  await page.getByLabel("Second wave, percent").fill("33");
  await page.getByLabel("Wait for me after each wave").check();
  await page.getByRole("button", { name: "Push to 3 apps" }).click();
  await expect(page).toHaveURL(/\/receipts\//);
  await expect(page.getByRole("heading", { name: "Paused" })).toBeVisible({ timeout: 30_000 });
}

test("a push to all that a search finds goes in waves, waits, survives a reload and a second browser, and ends verified", async ({ page, browser }) => {
  const made = makeCertificate("/CN=invoices-2027");
  const graph = await Graph.as("Mara Lindqvist");
  const before = await Promise.all(APPS.map((app) => graph.keys(app)));
  await pushInWaves(page, readFileSync(made.certificate));
  await expect(page.getByRole("progressbar")).toHaveAttribute("value", "1");
  const state = await page.context().storageState();

  await page.reload();
  await alive(page);
  await expect(page.getByRole("heading", { name: "Paused" })).toBeVisible();

  // The same person elsewhere resumes; this page follows by the server's events alone.
  const elsewhere = await browser.newContext({ storageState: state });
  const second = await elsewhere.newPage();
  await second.goto(page.url());
  await alive(second);
  await second.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByRole("progressbar")).toHaveAttribute("value", "2", { timeout: 30_000 });
  await expect(page.getByRole("button", { name: "Resume" })).toBeVisible({ timeout: 30_000 });
  await page.getByRole("button", { name: "Resume" }).click();
  for (const it of [page, second]) {
    await expect(it.getByRole("heading", { level: 1, name: "Verified on 3 apps" })).toBeVisible({ timeout: 30_000 });
  }
  for (const [at, app] of APPS.entries()) {
    const after = await graph.keys(app);
    expect(after.slice(0, -1)).toEqual(before[at]);
    expect(after.at(-1)!.key).toBe(made.derBase64);
  }
  await elsewhere.close();
});

test("what waits is cancelled, and can be previewed again", async ({ page }) => {
  const made = makeCertificate("/CN=invoices-2028");
  await pushInWaves(page, readFileSync(made.certificate));
  await page.getByRole("button", { name: "Cancel the rest" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 1 of 3 apps" })).toBeVisible({ timeout: 30_000 });
  await page.getByRole("navigation", { name: "Apps by state" }).getByRole("link", { name: /^Cancelled/ }).click();
  await expect(page.locator("details.change")).toHaveCount(2);
  await page.getByRole("button", { name: "Preview 2 apps again" }).click();
  await expect(page.getByRole("button", { name: "Push to 2 apps" })).toBeVisible();
});

test("a table gives certificates to apps, and its bad lines are named", async ({ page }) => {
  const made = makeCertificate("/CN=table-2027");
  const graph = await Graph.as("Mara Lindqvist");
  await signIn(page, "Mara Lindqvist");
  await upload(page, "certificate.pem", readFileSync(made.certificate));
  await page.goto("/table");
  await alive(page);
  const table = (app: string) => `app,certificate,display_name\ndns-updater,${made.sha1},by table\n${app},${made.sha256},\n`;
  await page.getByLabel("CSV with a header line").fill(table("no-such-app"));
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByRole("alert")).toContainText("no-such-app");
  await page.getByLabel("CSV with a header line").fill(table("cost-explorer"));
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByRole("button", { name: "Push to 2 apps" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 2 apps" })).toBeVisible({ timeout: 30_000 });
  expect((await graph.keys("dns-updater")).at(-1)).toMatchObject({ key: made.derBase64, displayName: "by table" });
  expect((await graph.keys("cost-explorer")).at(-1)).toMatchObject({ key: made.derBase64 });
});

test("a certificate is copied to another app, retired there, and put back from the history", async ({ page }) => {
  const graph = await Graph.as("Mara Lindqvist");
  const [first] = await graph.keys("tax-reporting");
  const { id } = await graph.app("tax-reporting");
  await signIn(page, "Mara Lindqvist", `/apps/${id}/copy`);
  await alive(page);
  await page.getByLabel("Search apps").fill("fixed-assets-register");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.getByRole("table").getByRole("checkbox", { name: /^fixed-assets-register/ }).check();
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByRole("button", { name: "Push to 1 app" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 1 app" })).toBeVisible({ timeout: 30_000 });
  const copied = await graph.keys("fixed-assets-register");
  expect(copied.map((key) => key.key)).toEqual([first!.key]);
  expect(copied[0]!.keyId).not.toBe(first!.keyId);

  const target = (await graph.app("fixed-assets-register")).id;
  await page.goto(`/apps/${target}`);
  await alive(page);
  await page.getByRole("checkbox", { name: /^Choose / }).check();
  await page.getByRole("button", { name: "Remove the selected" }).click();
  await page.getByLabel(/^Type/).fill(await page.locator(".confirm__words").innerText());
  await page.getByRole("button", { name: "Remove from 1 app" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 1 app" })).toBeVisible({ timeout: 30_000 });
  expect(await graph.keys("fixed-assets-register")).toEqual([]);

  await page.goto(`/apps/${target}/history`);
  await alive(page);
  await page.getByRole("row", { name: /After a push.*1 entry/ }).first().getByRole("radio", { name: /as the older one/ }).check();
  await page.getByRole("button", { name: "Compare" }).click();
  await page.getByRole("button", { name: "Preview what is missing" }).click();
  await page.getByRole("button", { name: "Restore 1 app" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 1 app" })).toBeVisible({ timeout: 30_000 });
  expect(await graph.keys("fixed-assets-register")).toEqual(copied);
});
