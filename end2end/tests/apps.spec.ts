import { expect, test } from "@playwright/test";
import { Graph } from "./support/graph";
import { alive, signIn } from "./support/portal";

test("search, scope, sort and page live in the URL", async ({ page }) => {
  await signIn(page, "Mara Lindqvist", "/apps");
  await alive(page);
  await expect(page.getByText(/1 to 25 of \d+/)).toBeVisible();
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL(/page=2/);
  await expect(page.getByText(/26 to 50 of \d+/)).toBeVisible();
  const second = await page.getByRole("rowheader").allTextContents();
  await page.reload();
  await expect(page.getByRole("rowheader")).toHaveText(second);
  await page.goBack();
  await expect(page.getByText(/1 to 25 of \d+/)).toBeVisible();

  await page.getByLabel("Search apps").fill("invoice");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page).toHaveURL(/q=invoice/);
  await expect(page.getByRole("rowheader")).toHaveText(["invoice-archive", "invoice-ocr", "invoice-sync"]);
  await page.getByRole("link", { name: "Name", exact: true }).click();
  await expect(page.getByRole("rowheader")).toHaveText(["invoice-sync", "invoice-ocr", "invoice-archive"]);
  await page.getByRole("link", { name: "Mine" }).click();
  await expect(page.getByText("None of your apps matches “invoice”")).toBeVisible();
});

test("every page of the list together shows each app once", async ({ page }) => {
  await signIn(page, "Mara Lindqvist", "/apps");
  const seen: string[] = [];
  for (;;) {
    seen.push(...(await page.getByRole("rowheader").allTextContents()));
    const next = page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Next" });
    if ((await next.count()) === 0) break;
    const before = page.url();
    await next.click();
    await expect(page).not.toHaveURL(before);
    await expect(page.getByRole("navigation", { name: "Pages" })).toContainText(`${seen.length + 1} to`);
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBeGreaterThan(55);
  expect(seen).toEqual([...seen].sort((one, two) => one.localeCompare(two, "en", { sensitivity: "base" })));
});

test("an app is found by its client id and by its object id", async ({ page }) => {
  const app = await (await Graph.as("Mara Lindqvist")).app("treasury-feed");
  await signIn(page, "Mara Lindqvist", "/apps");
  for (const id of [app.appId, app.id]) {
    await page.goto(`/apps?q=${id}`);
    await expect(page.getByRole("rowheader")).toHaveText(["treasury-feed"]);
  }
});

test("an app's page says what is registered and what only looks so", async ({ page }) => {
  const graph = await Graph.as("Mara Lindqvist");
  const { id } = await graph.app("customer-portal");
  const keys = await graph.keys("customer-portal");
  await signIn(page, "Mara Lindqvist", `/apps/${id}`);
  await expect(page.getByText("trustedCertificateSubjects registers no certificate here")).toBeVisible();
  const table = page.getByRole("table", { name: /keyCredentials/ });
  for (const key of keys) await expect(table).toContainText(key.keyId);
  await page.getByRole("link", { name: "Add a certificate to this app" }).click();
  await expect(page).toHaveURL(new RegExp(`/certificates/new\\?app=${id}`));
  await expect(page.getByText("For customer-portal")).toBeVisible();
});

test("an app that is not there is a 404 in words", async ({ page }) => {
  await signIn(page, "Mara Lindqvist");
  const answer = await page.goto("/apps/00000000-0000-4000-8000-000000000000");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});
