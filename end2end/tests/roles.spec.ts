import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { Graph } from "./support/graph";
import { makeCertificate } from "./support/openssl";
import { about, choose, signIn, upload } from "./support/portal";

test("an owner pushes to an own app and is refused on another's, in plain words", async ({ page }) => {
  const made = makeCertificate("/CN=finance-2027");
  const graph = await Graph.as("Mara Lindqvist");
  const before = await graph.keys("badge-access");
  await signIn(page, "Sofia Marchetti");
  await upload(page, "certificate.pem", readFileSync(made.certificate));
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  // An owner starts with the own apps.
  await expect(page.getByRole("button", { name: "Mine" })).toHaveAttribute("aria-pressed", "true");
  await choose(page, "tax-reporting");
  await page.getByRole("button", { name: "All", exact: true }).click();
  await choose(page, "badge-access");
  await page.getByRole("button", { name: "Preview" }).click();
  // Rights before work: the picker and the preview say it beforehand, and the push is refused as foretold.
  await expect(about(page, "badge-access")).toContainText("Not yours to change");
  await expect(about(page, "tax-reporting")).not.toContainText("Not yours to change");
  await page.getByRole("button", { name: "Push to 2 apps" }).click();

  await expect(page.getByRole("heading", { level: 1, name: "Verified on 1 of 2 apps" })).toBeVisible({ timeout: 30_000 });
  await expect(about(page, "tax-reporting")).toContainText("Verified");
  const refused = about(page, "badge-access");
  await expect(refused).toContainText("Refused");
  await expect(refused).toContainText(/owner/i);
  await expect(refused).toContainText(/Request-id/);
  await expect(refused).toContainText("Not added");
  expect(await graph.keys("badge-access")).toEqual(before);
  expect((await graph.keys("tax-reporting")).map((key) => key.key)).toContain(made.derBase64);

  await page.goto("/audit?outcome=refused");
  await expect(page.getByRole("row", { name: /badge-access/ })).toContainText("Sofia Marchetti");
});

test("people see only their own audit, auditors see all and push nothing", async ({ browser }) => {
  const owen = await (await browser.newContext()).newPage();
  await signIn(owen, "Owen Carter", "/audit");
  await expect(owen.getByText("Your own pushes and refusals")).toBeVisible();

  const priya = await (await browser.newContext()).newPage();
  await signIn(priya, "Priya Raman", "/audit");
  await expect(priya.getByText("Every push and every refusal in this tenant")).toBeVisible();
  await expect(priya.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Upload" })).toHaveCount(0);
  await priya.goto("/certificates/new");
  await expect(priya.getByText("You cannot upload")).toBeVisible();
});

test("without a role one learns what to ask for", async ({ page }) => {
  await signIn(page, "Daniel Novak");
  await expect(page.getByRole("heading", { level: 1, name: "You have no access yet" })).toBeVisible();
  await expect(page.getByText("Thumbprint.User")).toBeVisible();
  await page.goto("/apps");
  await expect(page.getByRole("heading", { level: 1, name: "You have no access yet" })).toBeVisible();
});

test("signing out ends the session here and at the tenant", async ({ page, context }) => {
  await signIn(page, "Mara Lindqvist", "/apps");
  const [cookie] = (await context.cookies()).filter((cookie) => cookie.name.includes("thumbprint") && cookie.httpOnly);
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
  await page.locator("summary", { hasText: "Account of Mara Lindqvist" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/signed-out/);
  // The old cookie, put back, opens nothing any more.
  await context.addCookies([cookie!]);
  await page.goto("/apps");
  await expect(page.getByRole("heading", { level: 1, name: "Sign in to continue" })).toBeVisible();
});

test("a page asked for while signed out is where one lands afterwards", async ({ page }) => {
  await page.goto("/apps?q=ledger");
  await page.getByRole("main").getByRole("link", { name: /Sign in/ }).click();
  await page.getByRole("button", { name: "Mara Lindqvist" }).click();
  await expect(page).toHaveURL(/\/apps\?q=ledger$/);
  await expect(page.getByRole("link", { name: "ledger-export" })).toBeVisible();
});
