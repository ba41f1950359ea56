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
  await page.getByLabel(/^Certificates only/).setInputFiles(made.certificate);
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
  await page.getByLabel(/^Certificates only/).setInputFiles({ name: "both.pem", mimeType: "application/x-pem-file", buffer: Buffer.from(made.pem + readFileSync(made.key, "utf8")) });
  await page.getByRole("button", { name: "Upload the certificate" }).click();
  await expect(page.getByText("It holds a private key, which must not leave your machine")).toBeVisible();
  await expect(page).not.toHaveURL(/PRIVATE/);
  await expect(page.getByRole("button", { name: "Upload the certificate" })).toBeVisible();
});

test("any two states of an app are compared, an altered entry property by property", async ({ page }) => {
  const graph = await Graph.as("Mara Lindqvist");
  const name = "partner-edi-gateway";
  const { id } = await graph.app(name);
  const [entry, ...others] = await graph.keys(name);
  await signInPlainly(page, "Mara Lindqvist", `/apps/${id}`);
  // Graph alters no entry in place: this one goes, and comes back with another name.
  const kept = others.map((key) => ({ ...key, key: null }));
  await graph.setKeys(name, kept);
  await page.goto(`/apps/${id}`);
  await graph.setKeys(name, [{ ...entry!, displayName: "renamed-elsewhere" }, ...kept]);

  await page.goto(`/apps/${id}/history`);
  const states = page.getByRole("table", { name: /^Kept states/ });
  await expect(states.getByRole("row")).toHaveCount(5);
  await states.getByRole("row").last().getByRole("radio", { name: /as the older one/ }).check();
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page).toHaveURL((url) => /^\d+$/.test(url.searchParams.get("older") ?? "") && url.searchParams.get("newer") === "");
  const altered = page.getByRole("region", { name: /^What was altered: renamed-elsewhere/ });
  const row = (property: string) => altered.getByRole("row", { name: new RegExp(`^${property} `) });
  await expect(row("displayName")).toHaveText(`displayName${entry!.displayName}renamed-elsewhereAltered`);
  await expect(row("endDateTime")).toHaveText(`endDateTime${entry!.endDateTime}${entry!.endDateTime}The same`);
  await expect(row("key")).toHaveText("keyknownknownThe same");

  // Two states of the past: the one in between has the entry not at all.
  await page.getByRole("row").filter({ has: page.getByText("1 removed") }).getByRole("radio", { name: /as the newer one/ }).check();
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page).toHaveURL((url) => ["older", "newer"].every((side) => /^\d+$/.test(url.searchParams.get(side) ?? "")));
  const entries = page.getByRole("table", { name: /^Certificates of/ });
  await expect(entries.getByRole("row", { name: /^Removed/ })).toContainText(entry!.keyId);
  await expect(altered).toHaveCount(0);
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
