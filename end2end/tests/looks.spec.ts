import { AxeBuilder } from "@axe-core/playwright";
import { readFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import { Graph } from "./support/graph";
import { makeCertificate } from "./support/openssl";
import { choose, alive, signIn, upload } from "./support/portal";

/** One address for every kind of page, made by walking the path once. */
async function everyPage(page: Page): Promise<[string, string][]> {
  const made = makeCertificate("/CN=looks-2027", { days: 20 });
  await signIn(page, "Mara Lindqvist");
  await upload(page, "certificate.pem", readFileSync(made.certificate));
  const certificate = new URL(page.url()).pathname;
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  await choose(page, "backup-orchestrator");
  const chooser = new URL(page.url());
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Preview" })).toBeVisible();
  const plan = new URL(page.url()).pathname;
  await page.getByRole("button", { name: "Push to 1 app" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /Verified/ })).toBeVisible({ timeout: 30_000 });
  const receipt = new URL(page.url()).pathname;
  const graph = await Graph.as("Mara Lindqvist");
  const trusted = await graph.app("customer-portal");
  const bare = await graph.app("fabric-workspace-agent");
  const pushed = await graph.app("backup-orchestrator");
  await page.goto(`/apps/${pushed.id}/history`);
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.getByRole("heading", { name: "Go back to the older state" })).toBeVisible();
  const compared = new URL(page.url());
  return [
    ["overview", "/"],
    ["upload", "/certificates/new"],
    ["make a certificate", "/certificates/make"],
    ["certificate", certificate],
    ["choose apps", chooser.pathname + chooser.search],
    ["preview", plan],
    ["receipt", receipt],
    ["apps", "/apps"],
    ["no match", "/apps?q=nothing-is-called-so"],
    ["app", `/apps/${trusted.id}`],
    ["app without certificates", `/apps/${bare.id}`],
    ["history", `/apps/${trusted.id}/history`],
    ["history compared", compared.pathname + compared.search],
    ["copy", `/apps/${trusted.id}/copy`],
    ["table", "/table"],
    ["retirements", "/retirements"],
    ["audit", "/audit"],
    ["search", "/search?q=payroll"],
    ["doctor", "/doctor"],
    ["proof", `/apps/${trusted.id}/proof`],
    ["vaults", "/vaults?vault=contoso-apps"],
    ["not found", "/no/such/page"],
  ];
}

test("every page is accessible, fits and is quiet, in both themes, wide and narrow", async ({ page }) => {
  test.setTimeout(480_000);
  const noise: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) noise.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => noise.push(`${page.url()}: ${error.message}`));
  const pages = await everyPage(page);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const [width, height] of [[1440, 900], [390, 844], [2560, 1440]] as const) {
      await page.setViewportSize({ width, height });
      for (const [name, path] of pages) {
        await test.step(`${name}, ${colorScheme}, ${width} px`, async () => {
          await page.goto(path);
          await alive(page);
          await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
          expect(await page.title()).toMatch(/Thumbprint$/);
          const results = await new AxeBuilder({ page }).analyze();
          expect(results.violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          expect(overflow, "the page scrolls sideways").toBeLessThanOrEqual(0);
          if (process.env.SCREENSHOTS) {
            await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name.replaceAll(" ", "-")}-${width}-${colorScheme}.png`, fullPage: true });
          }
        });
      }
    }
  }
  // A page that is not there answers 404, which Chromium reports; nothing else may be said.
  expect(noise.filter((line) => !line.includes("/no/such/page"))).toEqual([]);
});

test("signed-out pages are accessible too", async ({ page }) => {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const path of ["/", "/apps", "/signed-out"]) {
      await page.goto(path);
      await alive(page);
      const results = await new AxeBuilder({ page }).analyze();
      expect(results.violations.map((it) => `${path} ${it.id}: ${it.nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
      if (process.env.SCREENSHOTS) {
        await page.screenshot({ path: `${process.env.SCREENSHOTS}/signed-out${path.replaceAll("/", "-")}-${colorScheme}.png`, fullPage: true });
      }
    }
  }
});
