import { expect, test } from "@playwright/test";
import { readFileSync } from "node:fs";
import { Graph } from "./support/graph";
import { makeCertificate } from "./support/openssl";
import { about } from "./support/portal";

test.use({ javaScriptEnabled: false });

async function signInPlainly(page: import("@playwright/test").Page, name: string, path: string): Promise<void> {
  await page.goto(`/sign-in?return=${encodeURIComponent(path)}`);
  await page.getByRole("button", { name }).click();
}

test("the whole way works with plain HTML forms", async ({ page }) => {
  const made = makeCertificate("/CN=without-scripts");
  const graph = await Graph.as("Mara Lindqvist");
  const before = await graph.keys("order-intake");
  await signInPlainly(page, "Mara Lindqvist", "/certificates/new");
  await page.getByLabel("Choose a file").setInputFiles(made.certificate);
  await page.getByRole("button", { name: "Upload the certificate" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "without-scripts" })).toBeVisible();

  await page.getByRole("link", { name: "Choose apps" }).first().click();
  await page.getByLabel("Search apps").fill("order-intake");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await page.getByRole("checkbox", { name: /^order-intake/ }).check();
  // A second search keeps the first choice.
  await page.getByLabel("Search apps").fill("returns-desk");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page.getByRole("checkbox", { name: "order-intake" })).toBeChecked();
  await page.getByRole("checkbox", { name: /^returns-desk/ }).check();
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Preview" })).toBeVisible();
  await page.getByRole("button", { name: "Push to 2 apps" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 2 apps" })).toBeVisible();
  await expect(about(page, "order-intake")).toContainText("Nothing else changed");
  const after = await graph.keys("order-intake");
  expect(after.slice(0, -1)).toEqual(before);
  expect(after.at(-1)!.key).toBe(made.derBase64);
});

test("a private key sent in a plain form is refused and the page says so", async ({ page }) => {
  const made = makeCertificate("/CN=careless");
  await signInPlainly(page, "Mara Lindqvist", "/certificates/new");
  await page.getByLabel("Choose a file").setInputFiles({ name: "both.pem", mimeType: "application/x-pem-file", buffer: Buffer.from(made.pem + readFileSync(made.key, "utf8")) });
  await page.getByRole("button", { name: "Upload the certificate" }).click();
  await expect(page.getByText("It holds a private key, which must not leave your machine")).toBeVisible();
  await expect(page).not.toHaveURL(/PRIVATE/);
  await expect(page.getByRole("button", { name: "Upload the certificate" })).toBeVisible();
});

test("the theme is kept without scripts", async ({ page }) => {
  await page.goto("/");
  await expect(page.locator("html")).not.toHaveAttribute("data-theme");
  await page.locator("summary", { hasText: "Theme" }).click();
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});
