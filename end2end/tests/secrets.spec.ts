// From a secret to a certificate: three steps, and the secret goes for good.
import { expect, test } from "@playwright/test";
import { alive, signIn } from "./support/portal";
import { Graph } from "./support/graph";

test("an owner removes a secret for good, with a reason, and its page says what came of it", async ({ page }) => {
  const graph = await Graph.as("Mara Lindqvist");
  const { id } = await graph.app("time-tracking-sync");
  await graph.addSecret("time-tracking-sync", "nightly");
  await signIn(page, "Owen Carter");
  await page.goto(`/apps/${id}`);
  // The app has secrets alone: the first step is a certificate.
  const way = page.getByRole("region", { name: "From a secret to a certificate" });
  await expect(way.locator("[aria-current=step]")).toContainText("Add a certificate");
  await expect(way.getByRole("link", { name: "Add a certificate" })).toHaveAttribute("href", `/certificates/new?app=${id}`);

  const row = page.getByRole("row", { name: /nightly/ });
  await row.getByRole("link", { name: /^Preview the removal/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Remove the secret “nightly”" })).toBeVisible();
  await expect(page.getByText("There is no undo.")).toBeVisible();
  await expect(page.getByText("Whether it is still used is not known")).toBeVisible();
  await expect(page.getByText(`POST /v1.0/applications/${id}/removePassword`)).toBeVisible();
  await alive(page);
  const button = page.getByRole("button", { name: "Remove the secret" });
  await expect(button).toBeDisabled();
  await page.getByLabel("Why does it go all the same?").fill("the job was switched off in May");
  await page.getByLabel(/^Type/).fill("remove everything");
  await expect(button).toBeDisabled();
  const words = await page.locator(".confirm__words").innerText();
  expect(words).toMatch(/^remove [0-9a-f]{8}$/);
  await page.getByLabel(/^Type/).fill(words);
  await button.click();

  await expect(page.getByText("The secret is gone")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("the job was switched off in May")).toBeVisible();
  await page.getByRole("link", { name: "Open the app" }).click();
  await expect(page.getByRole("row", { name: /nightly/ })).toHaveCount(0);
  await page.getByRole("link", { name: "nightly" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Secret “nightly”" })).toBeVisible();
});

test("without scripts a secret goes as well", async ({ browser }) => {
  const graph = await Graph.as("Mara Lindqvist");
  const { id } = await graph.app("expense-approvals");
  const key = await graph.addSecret("expense-approvals", "spare");
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await signIn(page, "Sofia Marchetti");
  await page.goto(`/apps/${id}/secrets/${key}`);
  await page.getByLabel("Why does it go all the same?").fill("a spare that nobody has");
  await page.getByLabel(/^Type/).fill(`remove ${key.slice(0, 8)}`);
  await page.getByRole("button", { name: "Remove the secret" }).click();
  await expect(page.getByText("The secret is gone")).toBeVisible({ timeout: 30_000 });
  await page.context().close();
});

test("who cannot change the app reads why, and an auditor is offered nothing", async ({ page, browser }) => {
  const graph = await Graph.as("Mara Lindqvist");
  const { id } = await graph.app("ml-feature-store");
  const key = await graph.addSecret("ml-feature-store", "trial");
  await signIn(page, "Owen Carter", `/apps/${id}/secrets/${key}`);
  await expect(page.getByText("You cannot change this app")).toBeVisible();
  await page.getByRole("checkbox", { name: /Entra will refuse this/ }).check();
  await page.getByLabel("Why does it go all the same?").fill("not mine");
  await page.getByLabel(/^Type/).fill(`remove ${key.slice(0, 8)}`);
  await page.getByRole("button", { name: "Remove the secret" }).click();
  await expect(page.getByText("Entra did not let you see or change this app")).toBeVisible({ timeout: 30_000 });
  const auditor = await (await browser.newContext()).newPage();
  await signIn(auditor, "Priya Raman", `/apps/${id}/secrets/${key}`);
  await expect(auditor.getByText("What goes")).toBeVisible();
  await expect(auditor.getByRole("main").locator("form[method=post]")).toHaveCount(0);
  await auditor.context().close();
});

for (const javaScriptEnabled of [true, false]) {
  test(`where a rule says so a removal is asked for, approved and carried out, ${javaScriptEnabled ? "with" : "without"} script`, async ({ browser }) => {
    const app = "hr-onboarding-api";
    const graph = await Graph.as("Mara Lindqvist");
    const { id } = await graph.app(app);
    const key = await graph.addSecret(app, "nightly import");
    const newPage = async () => (await browser.newContext({ javaScriptEnabled })).newPage();
    const mara = await newPage();
    await signIn(mara, "Mara Lindqvist", "/settings/rules");
    await mara.locator("summary", { hasText: "Add a rule" }).click();
    await mara.getByLabel("Name", { exact: true }).fill("onboarding");
    await mara.getByLabel(/^Names/).fill("hr-onboarding-*");
    await mara.getByRole("button", { name: "Add it" }).click();
    const rule = mara.getByRole("row").filter({ has: mara.getByRole("rowheader").getByText("onboarding", { exact: true }) });
    await expect(rule).toBeVisible();

    const owen = await newPage();
    await signIn(owen, "Owen Carter", `/apps/${id}/secrets/${key}`);
    await expect(owen.getByText("This removal needs approval")).toBeVisible();
    await expect(owen.getByRole("button", { name: "Remove the secret" })).toHaveCount(0);
    await owen.getByLabel(/^Why does it go, and how do you know/).fill("the import has its certificate since Monday");
    await owen.getByRole("button", { name: "Ask for approval" }).click();
    await expect(owen.getByRole("heading", { level: 1, name: "Remove a client secret: “nightly import”" })).toBeVisible();
    await expect(owen.getByText("It waits for approval")).toBeVisible();
    await expect(owen.getByRole("button", { name: "Approve" })).toHaveCount(0);
    const request = new URL(owen.url()).pathname;
    await owen.goto(`/apps/${id}/secrets/${key}`);
    await expect(owen.getByText("Its removal is asked for")).toBeVisible();

    // The approver reads what goes, that there is no way back, and what is known of its use now.
    await mara.goto("/requests");
    const row = mara.getByRole("row").filter({ hasText: "nightly import" }).filter({ hasText: "Waits for you" });
    await row.getByRole("link").first().click();
    expect(new URL(mara.url()).pathname).toBe(request);
    await expect(mara.getByText("the import has its certificate since Monday").first()).toBeVisible();
    await expect(mara.getByText("There is no undo")).toBeVisible();
    await expect(mara.getByText("Whether it is still used is not known")).toBeVisible();
    await expect(mara.getByText(`POST /v1.0/applications/${id}/removePassword`)).toBeVisible();
    await mara.getByRole("button", { name: "Approve" }).click();
    await expect(mara.getByText("Approved. It needs an executor")).toBeVisible();

    await owen.goto(request);
    await owen.getByLabel(/^Type/).fill(`remove ${key.slice(0, 8)}`);
    await owen.getByRole("button", { name: "Execute" }).click();
    await expect(owen.getByText("The secret is gone, and that was read back.")).toBeVisible({ timeout: 30_000 });
    await owen.goto(`/apps/${id}/secrets/${key}`);
    await owen.getByRole("link", { name: "The request that this carried out" }).click();
    expect(new URL(owen.url()).pathname).toBe(request);

    await mara.goto("/settings/rules");
    await rule.locator("summary", { hasText: "Remove" }).click();
    await rule.getByRole("button", { name: "Remove it onboarding" }).click();
    await expect(rule).toHaveCount(0);
    for (const page of [mara, owen]) await page.context().close();
  });
}
