// The main path with no pointer: keys alone, and the focus is seen.
import { expect, test, type Locator, type Page } from "@playwright/test";
import { Graph } from "./support/graph";
import { makeCertificate, makePfx } from "./support/openssl";
import { alive } from "./support/portal";

const PASSWORD = "correct-horse-battery-staple";

/** Presses Tab until `target` has the focus, as a person would; and it can be seen that it has. */
async function tabTo(page: Page, target: Locator, key = "Tab"): Promise<void> {
  await expect(target).toBeVisible();
  for (let pressed = 0; pressed < 120; pressed += 1) {
    await page.keyboard.press(key);
    if (await target.evaluate((element) => element === document.activeElement)) {
      const shown = await target.evaluate((element) => {
        // A control that is drawn by its neighbour shows it there.
        const drawn = [element, element.nextElementSibling, element.closest("label")].filter((it) => it !== null);
        return drawn.some((it) => getComputedStyle(it).outlineStyle !== "none" || getComputedStyle(it).boxShadow !== "none");
      });
      expect(shown, "the focus is not seen").toBe(true);
      return;
    }
  }
  throw new Error(`Tab does not reach ${target}`);
}

test("sign in, read a PFX, choose, preview, push: by the keyboard alone", async ({ page }) => {
  const made = makeCertificate("/CN=by-keyboard");
  const path = makePfx(made, PASSWORD);
  await page.goto("/");
  await tabTo(page, page.getByRole("main").getByRole("link", { name: "Sign in with Microsoft Entra" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "Mara Lindqvist" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Hello, Mara" })).toBeVisible();

  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("main").getByRole("link", { name: "Upload a certificate" }));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/certificates/new");
  await alive(page);
  // Asked for before the key: choosers are only caught from some moment after that on.
  const opened = page.waitForEvent("filechooser");
  await tabTo(page, page.locator("[data-tool-file]").first());
  await page.keyboard.press("Enter");
  const chooser = await opened;
  await chooser.setFiles(path);
  await expect(page.getByRole("dialog").getByLabel("Password")).toBeFocused();
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "Continue with this certificate" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "by-keyboard" })).toBeVisible();
  await tabTo(page, page.getByRole("link", { name: "Choose apps" }).last());
  await page.keyboard.press("Enter");

  await expect(page.getByRole("heading", { level: 1, name: "Choose apps" })).toBeVisible();
  await alive(page);
  await tabTo(page, page.getByLabel("Search apps"));
  await page.keyboard.type("support-ticket-bot");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/q=support-ticket-bot/);
  await alive(page);
  const tick = page.getByRole("table").getByRole("checkbox", { name: /^support-ticket-bot / });
  await tabTo(page, tick);
  await page.keyboard.press("Space");
  await expect(tick).toBeChecked();
  await tabTo(page, page.getByRole("button", { name: "Preview" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Preview" })).toBeFocused();
  await alive(page);
  await tabTo(page, page.getByRole("button", { name: "Push to 1 app" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 1 app" })).toBeVisible({ timeout: 30_000 });
  const keys = await (await Graph.as("Mara Lindqvist")).keys("support-ticket-bot");
  expect(keys.at(-1)!.key).toBe(made.derBase64);
});
