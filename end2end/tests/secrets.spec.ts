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
