// Rights before work; and owners see what happened to their apps.
import { expect, test } from "@playwright/test";
import { Graph } from "./support/graph";
import { makeCertificate } from "./support/openssl";
import { about, alive, choose, signIn, upload } from "./support/portal";

test("an app that is not the person's says so before any work, with who can, and offers what it can", async ({ page }) => {
  const graph = await Graph.as("Mara Lindqvist");
  await signIn(page, "Sofia Marchetti");
  for (const [app, who] of [
    ["metrics-scraper", /Ask its owner, Kenji .*, or an Application Administrator/],
    ["badge-access", /Nobody owns it\. Ask an Application Administrator/],
  ] as const) {
    await page.goto(`/apps/${(await graph.app(app)).id}`);
    await expect(page.getByText("You cannot change this app")).toBeVisible();
    await expect(page.getByText(who)).toBeVisible();
    for (const name of ["Add a certificate to this app", "Remove the selected"]) {
      const button = page.getByRole("button", { name });
      await expect(button).toBeDisabled();
      await expect(button).toHaveAccessibleDescription(/You cannot change this app/);
    }
  }
  await page.goto(`/apps/${(await graph.app("tax-reporting")).id}`);
  await expect(page.getByText("You cannot change this app")).toHaveCount(0);
  await expect(page.getByRole("link", { name: "Add a certificate to this app" })).toBeVisible();

  // In the picker, before anything is chosen.
  await upload(page, "certificate.pem", Buffer.from(makeCertificate("/CN=rights").pem));
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  await page.getByRole("button", { name: "All", exact: true }).click();
  await page.getByLabel("Search apps").fill("badge-access");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page.getByRole("row", { name: /badge-access/ })).toContainText("Not yours to change");
});

test("a refused receipt shows nothing as added", async ({ page }) => {
  await signIn(page, "Sofia Marchetti");
  await upload(page, "certificate.pem", Buffer.from(makeCertificate("/CN=refused").pem));
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  await page.getByRole("button", { name: "All", exact: true }).click();
  await choose(page, "vault-rotator");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(about(page, "vault-rotator")).toContainText("Not yours to change");
  // Whoever has a role that does not show may push all the same; Entra decides.
  await page.getByRole("checkbox", { name: /push all the same/ }).check();
  await page.getByRole("button", { name: "Push to 1 app" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 0 of 1 app" })).toBeVisible({ timeout: 30_000 });
  await expect(about(page, "vault-rotator")).toContainText("Not added");
  await expect(page.getByRole("main").getByText("Added", { exact: true })).toHaveCount(0);
});

test("an auditor is offered nothing that an auditor may not do", async ({ page }) => {
  const { id } = await (await Graph.as("Mara Lindqvist")).app("backup-orchestrator");
  await signIn(page, "Priya Raman");
  const offers = page.getByRole("main").locator("a[href='/certificates/new'], a[href^='/certificates/new?'], a[href='/table'], form[method=post]");
  for (const path of ["/", "/apps", `/apps/${id}`, `/apps/${id}/history`, "/retirements", "/audit"]) {
    await page.goto(path);
    await alive(page);
    await expect(offers, path).toHaveCount(0);
  }
  const nav = page.getByRole("navigation", { name: "Main" });
  await expect(nav.getByRole("link", { name: "Audit" })).toBeVisible();
  for (const name of ["Upload", "Make"]) await expect(nav.getByRole("link", { name })).toHaveCount(0);
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("option", { name: /^Doctor/ })).toBeVisible();
  for (const name of [/^Upload/, /^Make/, /^Import/]) await expect(page.getByRole("option", { name })).toHaveCount(0);
});

test("an owner reads what somebody's push did to the own app, and nothing else of that push", async ({ page, browser }) => {
  await signIn(page, "Mara Lindqvist");
  await upload(page, "certificate.pem", Buffer.from(makeCertificate("/CN=by-an-admin").pem));
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  for (const app of ["vendor-onboarding", "legal-hold-collector"]) await choose(page, app);
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByRole("button", { name: "Push to 2 apps" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 2 apps" })).toBeVisible({ timeout: 30_000 });
  const whole = new URL(page.url()).pathname;
  const { id } = await (await Graph.as("Mara Lindqvist")).app("vendor-onboarding");

  const sofia = await (await browser.newContext()).newPage();
  await signIn(sofia, "Sofia Marchetti", `/apps/${id}`);
  await sofia.getByRole("link", { name: "History" }).click();
  await sofia.getByRole("row", { name: /After a push/ }).getByRole("link", { name: "Receipt" }).click();
  await expect(sofia).toHaveURL(`${whole}/apps/${id}`);
  await expect(sofia.getByRole("heading", { level: 1, name: "What a push did to vendor-onboarding" })).toBeVisible();
  await expect(about(sofia, "vendor-onboarding")).toContainText("Verified");
  await expect(sofia.getByText("Mara Lindqvist").first()).toBeVisible();
  expect(await sofia.content()).not.toContain("legal-hold-collector");
  await expect(sofia.getByRole("link", { name: "The whole push" })).toHaveCount(0);
  expect((await sofia.goto(whole))?.status()).toBe(404);
  await sofia.context().close();
});
