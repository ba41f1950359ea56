// Asking for a change, and what becomes of it.
import { expect, type Page, test } from "@playwright/test";
import { makeCertificate } from "./support/openssl";
import { about, choose, signIn, upload } from "./support/portal";

const APP = "vault-rotator";

/** A preview of an app that is not the person's, asked for. Answers the request's path. */
async function ask(page: Page, name: string): Promise<string> {
  await signIn(page, "Sofia Marchetti");
  await upload(page, "certificate.pem", Buffer.from(makeCertificate(`/CN=${name}`).pem));
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  await page.getByRole("button", { name: "All", exact: true }).click();
  await choose(page, APP);
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(about(page, APP)).toContainText("Not yours to change");
  await page.getByLabel("Why is it needed?").fill("The old one ends soon");
  await page.getByRole("button", { name: "Ask for approval" }).click();
  await expect(page.getByText("It waits for approval")).toBeVisible();
  await expect(page.getByRole("button", { name: "Approve" })).toHaveCount(0);
  return new URL(page.url()).pathname;
}

test("a change is asked for, approved by another, and carried out; without script too", async ({ page, browser }) => {
  const path = await ask(page, "requested");
  const mara = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await signIn(mara, "Mara Lindqvist", "/requests");
  await expect(mara.getByRole("navigation", { name: "Main" })).toContainText("waiting for you");
  await mara.getByRole("row").filter({ hasText: "Sofia Marchetti" }).first().getByRole("link").first().click();
  expect(new URL(mara.url()).pathname).toBe(path);
  await expect(mara.getByText("The old one ends soon").first()).toBeVisible();
  await mara.getByRole("button", { name: "Approve" }).click();
  await expect(mara.getByText("Approved. It needs an executor")).toBeVisible();
  await mara.getByRole("button", { name: "Execute" }).click();
  await expect(mara.getByRole("heading", { level: 1, name: /Verified/ })).toBeVisible({ timeout: 30_000 });

  await page.goto(path);
  await expect(page.getByText("Every app is as was asked, and that was read back.")).toBeVisible();
  await page.getByRole("link", { name: "Requests" }).first().click();
  await page.getByRole("link", { name: "Asked by me" }).click();
  await expect(page.getByRole("row").filter({ hasText: "requested" })).toContainText("Done");

  // Nobody else sees it.
  const leila = await (await browser.newContext()).newPage();
  await signIn(leila, "Leila Haddad", "/requests");
  await expect(leila.getByText("Nothing waits")).toBeVisible();
  expect((await leila.goto(path))?.status()).toBe(404);
});

test("a team's member finds the team's app, asks, and follows it to the receipt and back", async ({ page, browser }) => {
  const app = "event-hub-relay";
  await signIn(page, "Kenji Watanabe", "/apps");
  const row = page.getByRole("row").filter({ hasText: app });
  await row.getByRole("link", { name: app }).click();
  await expect(page.getByRole("heading", { name: "Looked after by" })).toBeVisible();
  await expect(page.getByText("Your team", { exact: true })).toBeVisible();
  const place = new URL(page.url()).pathname;
  await upload(page, "certificate.pem", Buffer.from(makeCertificate("/CN=of-the-team").pem));
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  // Under Mine, and not theirs to change.
  await choose(page, app);
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(about(page, app)).toContainText("Not yours to change");
  await page.getByLabel("Why is it needed?").fill("The relay moves to another host");
  await page.getByRole("button", { name: "Ask for approval" }).click();
  await expect(page.getByText("It waits for approval")).toBeVisible();
  await expect(page.getByRole("button", { name: "Execute" })).toHaveCount(0);
  const request = new URL(page.url()).pathname;

  // Nothing of it for who is of no such team, by any of its addresses.
  const leila = await (await browser.newContext()).newPage();
  await signIn(leila, "Leila Haddad", "/settings/teams");
  await expect(leila.getByText("You are in no team")).toBeVisible();
  expect((await leila.goto(request))?.status()).toBe(404);

  const mara = await (await browser.newContext()).newPage();
  await signIn(mara, "Mara Lindqvist", request);
  await mara.getByRole("button", { name: "Approve" }).click();
  await mara.getByRole("button", { name: "Execute" }).click();
  await expect(mara.getByRole("heading", { level: 1, name: /Verified/ })).toBeVisible({ timeout: 30_000 });
  const receipt = new URL(mara.url()).pathname;
  expect((await leila.goto(receipt))?.status()).toBe(404);

  await page.goto(receipt);
  await page.getByRole("link", { name: "The request that this carried out" }).click();
  await expect(page.getByText("Every app is as was asked, and that was read back.")).toBeVisible();
  await page.goto(place);
  await expect(page.getByText("of-the-team").first()).toBeVisible();
});

test("a team has the apps of a department, and its page says so", async ({ page, browser }) => {
  const app = "customer-portal-staging";
  await signIn(page, "Tobias Renner", "/apps");
  await expect(async () => {
    await page.goto("/apps");
    await page.getByRole("link", { name: app, exact: true }).click({ timeout: 1_000 });
  }).toPass({ timeout: 50_000 });
  await expect(page.getByRole("heading", { name: "Looked after by" })).toBeVisible();
  await expect(page.getByText("Your team", { exact: true })).toBeVisible();
  await page.goto("/settings/teams");
  const team = page.getByRole("row").filter({ hasText: "With an owner of the department Digital" });
  await expect(team).toContainText("Tobias Renner");
  await expect(team).toContainText(/[1-9]\d* apps now/);
  await expect(page.getByText("department is not known")).toHaveCount(0);

  const sofia = await (await browser.newContext()).newPage();
  await signIn(sofia, "Sofia Marchetti", "/settings/teams");
  await expect(sofia.getByText("You are in no team")).toBeVisible();
});

test("which rule would apply can be tried without making anything", async ({ page }) => {
  await signIn(page, "Mara Lindqvist", "/requests");
  await page.getByRole("link", { name: "Rules" }).click();
  await page.getByRole("searchbox", { name: /^App/ }).fill("vault-rotator");
  await page.getByRole("button", { name: "Try" }).click();
  await expect(page.getByText("No rule applies: whoever may write the app pushes at once")).toBeVisible();
  await page.getByRole("searchbox", { name: /^App/ }).fill("no such app");
  await page.getByRole("button", { name: "Try" }).click();
  await expect(page.getByText("No app that Entra shows you")).toBeVisible();
});

test("decided in another tab: without script the page says so on top, with the reason that was typed; and it goes when it was read", async ({ page, browser }) => {
  const path = await ask(page, "decided-twice");
  const context = await browser.newContext({ javaScriptEnabled: false });
  const [first, second] = [await context.newPage(), await context.newPage()];
  await signIn(first, "Mara Lindqvist", path);
  await second.goto(path);
  await second.getByLabel("Reason").fill("Not before the freeze");
  await second.getByRole("button", { name: "Reject" }).click();
  await expect(second.getByText("Rejected").first()).toBeVisible();

  const reason = "Too early: <ask> again in January";
  await first.getByLabel("Reason").fill(reason);
  await first.getByRole("button", { name: "Reject" }).click();
  await expect(first).toHaveURL((url) => url.pathname === path && url.hash === "#refused");
  const refused = first.locator("#refused");
  await expect(refused).toHaveCount(1);
  await expect(refused).toBeInViewport({ ratio: 1 });
  await expect(refused.getByRole("alert")).toBeVisible();
  await expect(refused.getByRole("blockquote")).toHaveText(reason);
  await expect(first.locator("#main > :first-child")).toHaveAttribute("id", "refused");
  await first.reload();
  await expect(refused).toHaveCount(0);
});

test("a day in the past is refused without script, and all that was typed stands in its field again", async ({ page, browser }) => {
  await signIn(page, "Sofia Marchetti");
  await upload(page, "certificate.pem", Buffer.from(makeCertificate("/CN=wanted-yesterday").pem));
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  await page.getByRole("button", { name: "All", exact: true }).click();
  await choose(page, APP);
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(about(page, APP)).toContainText("Not yours to change");
  const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await signIn(plain, "Sofia Marchetti", new URL(page.url()).pathname);
  await plain.getByLabel("Why is it needed?").fill("The old one ends soon");
  // A browser that knows the bound does not send it: this is one that does not.
  await plain.locator("#wanted-on").evaluate((field) => {
    field.removeAttribute("min");
  });
  await plain.getByLabel("Wanted by").fill("2020-01-01");
  await plain.getByRole("button", { name: "Ask for approval" }).click();
  await expect(plain.locator("#refused")).toContainText("The day by which it is wanted is over");
  await expect(plain.getByLabel("Why is it needed?")).toHaveValue("The old one ends soon");
  await expect(plain.getByLabel("Wanted by")).toHaveValue("2020-01-01");
});
