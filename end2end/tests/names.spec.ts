// Names are other people's text: however long, and whatever is in them.
import { expect, type Page, test } from "@playwright/test";
import { Graph } from "./support/graph";
import { makeCertificate, makePfx } from "./support/openssl";
import { alive, choose, drop, signIn, upload } from "./support/portal";
import { readFileSync } from "node:fs";

/** The widest letter, and no place to break. */
const LONG = "W".repeat(200);

/** How many pixels the page is wider than its window, narrow and wide. */
async function expectNoOverflow(page: Page, what: string): Promise<void> {
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect.soft(overflow, `${what} at ${width}`).toBeLessThanOrEqual(0);
  }
}

test("a name of 256 characters without a blank pushes no column off the page", async ({ page }) => {
  const graph = await Graph.as("Mara Lindqvist");
  const { id } = await graph.app("payroll-batch");
  await signIn(page, "Mara Lindqvist");
  for (const path of ["/apps?scope=all&q=payroll-", `/apps/${id}`]) {
    await page.goto(path);
    // As if Graph had it: every text that is the name, or begins with it.
    const changed = await page.evaluate(() => {
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      let count = 0;
      for (let text = walk.nextNode(); text; text = walk.nextNode()) {
        if (!/payroll-/.test(text.nodeValue ?? "") || (text.nodeValue ?? "").length > 60) continue;
        text.nodeValue = "payroll".repeat(37).slice(0, 256);
        count += 1;
      }
      return count;
    });
    expect(changed, path).toBeGreaterThan(0);
    for (const width of [360, 768, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect.soft(overflow, `${path} at ${width}`).toBeLessThanOrEqual(0);
    }
  }
});

test("an app with a name of 200 W pushes none of its pages sideways", async ({ page, browser }) => {
  const graph = await Graph.as("Mara Lindqvist");
  const id = await graph.rename("loyalty-points", LONG);
  try {
    await signIn(page, "Mara Lindqvist");
    const places = ["", "/proof", "/history", "/copy"].map((place) => `/apps/${id}${place}`);
    for (const path of [...places, `/certificates/new?app=${id}`, "/apps?scope=all&q=WWW"]) {
      await page.goto(path);
      await expectNoOverflow(page, path);
    }
    for (const path of places) {
      await page.goto(path);
      await expect(page.locator("main"), path).toContainText(LONG);
    }
    // Somebody else's app, so that it is asked for.
    const sofia = await (await browser.newContext()).newPage();
    await signIn(sofia, "Sofia Marchetti");
    await upload(sofia, "certificate.pem", Buffer.from(makeCertificate("/CN=for-a-long-name").pem));
    await sofia.getByRole("link", { name: "Choose apps" }).first().click();
    await sofia.getByRole("button", { name: "All", exact: true }).click();
    await choose(sofia, LONG);
    await expectNoOverflow(sofia, "choosing apps");
    await sofia.getByRole("button", { name: "Preview" }).click();
    await expect(sofia.getByRole("heading", { name: LONG })).toBeVisible();
    await expectNoOverflow(sofia, "preview");
    await sofia.getByLabel("Why is it needed?").fill(LONG.repeat(3));
    await sofia.getByRole("button", { name: "Ask for approval" }).click();
    await expect(sofia.getByText("It waits for approval")).toBeVisible();
    await expect(sofia.locator("main")).toContainText(LONG.repeat(3));
    await expectNoOverflow(sofia, "request");
    await sofia.getByLabel("Comment").fill(LONG.repeat(2));
    await sofia.getByRole("button", { name: "Send" }).click();
    await expect(sofia.getByText(LONG.repeat(2), { exact: true })).toBeVisible();
    await expectNoOverflow(sofia, "request with a comment");
    await sofia.getByRole("button", { name: "Withdraw" }).click();
    await expect(sofia.getByText("Nothing was sent.").first()).toBeVisible();
  } finally {
    await graph.rename(LONG, "loyalty-points");
  }
});

test("what is searched for and not found pushes no page sideways", async ({ page }) => {
  await signIn(page, "Mara Lindqvist");
  const words = "Q".repeat(200);
  for (const path of ["/apps", "/search", "/inventory", "/audit", "/vaults", "/rules"]) {
    await page.goto(`${path}?q=${words}&app=${words}&vault=${words}`);
    await expectNoOverflow(page, path);
  }
  await page.goto(`/apps?q=${words}`);
  await expect(page.getByText(`No app matches “${words}”`)).toBeVisible();
});

test("files with long names push no page sideways, nor out of the dialog", async ({ page }) => {
  const made = makeCertificate("/CN=of-a-long-file");
  await signIn(page, "Mara Lindqvist", "/certificates/new");
  for (const length of [120, 250]) {
    const name = "F".repeat(length);
    await page.goto("/certificates/new");
    await alive(page);
    await drop(page, `${name}.pem`, Buffer.from(made.pem));
    await expect(page.getByText(`${name}.pem`).first()).toBeVisible();
    await expectNoOverflow(page, `one file of ${length}`);

    await page.goto("/certificates/new");
    await alive(page);
    await page.locator("[data-tool-file]").setInputFiles([
      { name: `${name}.pem`, mimeType: "application/x-pem-file", buffer: Buffer.from(made.pem) },
      { name: `${name}.txt`, mimeType: "text/plain", buffer: Buffer.from("nothing of the kind") },
      { name: `${name}.der`, mimeType: "application/x-pem-file", buffer: Buffer.from(made.pem) },
    ]);
    await expect(page.getByRole("row")).toHaveCount(4);
    await expectNoOverflow(page, `several files of ${length}`);

    await page.goto("/certificates/new");
    await alive(page);
    await drop(page, `${name}.pfx`, readFileSync(makePfx(made, "secret")));
    const dialog = page.getByRole("dialog", { name: "This file is locked with a password" });
    await expect(dialog).toBeVisible();
    await expectNoOverflow(page, `a PFX of ${length}`);
    const wide = await dialog.evaluate((element) => element.scrollWidth - element.clientWidth);
    expect.soft(wide, `the dialog of a PFX of ${length}`).toBeLessThanOrEqual(0);
  }
});
