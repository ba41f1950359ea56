// Apps are found whether or not they have a certificate; and what helps is at hand.
import { expect, test, type Page } from "@playwright/test";
import { Graph } from "./support/graph";
import { alive, signIn } from "./support/portal";

/** It has no certificate at all. */
const BARE = "patch-compliance";

async function ask(page: Page, words: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill(words);
}

test("the palette and the search find an app without certificates by name, client id and object id", async ({ page }) => {
  const { id, appId } = await (await Graph.as("Mara Lindqvist")).app(BARE);
  await signIn(page, "Mara Lindqvist");
  for (const words of [BARE, BARE.slice(0, 7), appId, id]) {
    await page.goto("/");
    await alive(page);
    await ask(page, words);
    const found = page.getByRole("option", { name: new RegExp(`^${BARE}`) });
    await expect(found, words).toHaveAttribute("aria-selected", "true");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(`/apps/${id}`);
    await page.goto(`/search?q=${words}`);
    await expect(page.getByRole("main").getByRole("link", { name: BARE })).toHaveAttribute("href", `/apps/${id}`);
  }
});

test("an address with a client id leads to the app", async ({ page }) => {
  const { id, appId } = await (await Graph.as("Mara Lindqvist")).app(BARE);
  await signIn(page, "Mara Lindqvist");
  await page.goto(`/apps/${appId}`);
  await expect(page).toHaveURL(`/apps/${id}`);
  await expect(page.getByRole("heading", { level: 1, name: BARE })).toBeVisible();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("the palette has a button that closes it", async ({ page }) => {
    await signIn(page, "Mara Lindqvist");
    await alive(page);
    await page.getByRole("link", { name: "Search" }).tap();
    const close = page.getByRole("dialog").getByRole("button", { name: "Close" });
    await expect(close).toBeInViewport({ ratio: 1 });
    await close.tap();
    await expect(page.getByRole("dialog")).toBeHidden();
  });
});

test("help: shortcuts by ?, the runbook inside the portal, and about with the version", async ({ page }) => {
  await signIn(page, "Mara Lindqvist");
  await alive(page);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toContainText("Ctrl K");
  await page.keyboard.press("Escape");
  const help = page.locator("summary", { hasText: "Help" });
  await help.click();
  await page.getByRole("link", { name: "About" }).click();
  await expect(page.getByRole("main")).toContainText(/Version\s*\d+\.\d+\.\d+/);
  await help.click();
  await page.getByRole("banner").getByRole("link", { name: "Runbook" }).click();
  await page.getByRole("main").getByRole("link", { name: /not registered/i }).first().click();
  await expect(page).toHaveURL("/runbook/not-registered");
  await expect(page.getByRole("heading", { level: 1, name: /not registered/i })).toBeVisible();
});

test("search engines are told about the landing page, and of nothing else", async ({ page }) => {
  const landing = await page.goto("/");
  expect(landing!.headers()["x-robots-tag"]).toBeUndefined();
  await expect(page.locator("meta[name=description]")).toHaveAttribute("content", /Microsoft Entra app registrations/);
  for (const icon of await page.locator("link[rel=icon], link[rel=apple-touch-icon]").all()) {
    expect((await page.request.get((await icon.getAttribute("href"))!)).status()).toBe(200);
  }
  await expect(page.locator("link[rel=icon], link[rel=apple-touch-icon]")).toHaveCount(3);
  await signIn(page, "Mara Lindqvist");
  const { id } = await (await Graph.as("Mara Lindqvist")).app(BARE);
  for (const path of ["/", "/apps", `/apps/${id}`, "/audit", "/doctor", "/runbook", "/about"]) {
    expect((await page.goto(path))!.headers()["x-robots-tag"], path).toBe("noindex");
  }
});
