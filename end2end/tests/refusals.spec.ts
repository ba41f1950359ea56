// Where a form is refused, the reason stands where the person looks, with a link that does what it advises.
import { expect, test, type Locator, type Page } from "@playwright/test";
import { makeCertificate } from "./support/openssl";
import { alive, choose, signIn, upload } from "./support/portal";

async function preview(page: Page, app: string): Promise<void> {
  await upload(page, "certificate.pem", Buffer.from(makeCertificate(`/CN=refused-${app}`).pem));
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  await choose(page, app);
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Preview" })).toBeFocused();
}

/** Beside the button, in view whatever is sticky there, and with the focus. */
async function expectRefusal(page: Page, button: Locator, words: string | RegExp): Promise<Locator> {
  const slot = page.locator("[data-refusal]", { hasText: words });
  await expect(slot).toBeFocused();
  await expect(slot).toBeInViewport({ ratio: 1 });
  const [said, pressed] = [(await slot.boundingBox())!, (await button.boundingBox())!];
  const apart = Math.max(said.y - (pressed.y + pressed.height), pressed.y - (said.y + said.height), 0);
  expect(apart, "pixels between the reason and the button").toBeLessThan(120);
  const covered = await slot.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return !element.contains(document.elementFromPoint(left + width / 2, top + height / 2));
  });
  expect(covered, "something lies over the reason").toBe(false);
  return slot;
}

for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
  test.describe(`at ${viewport.width} px`, () => {
    test.use({ viewport });

    test("signed out meanwhile: the link signs in and comes back to this preview, which is then pushed", async ({ page, context }) => {
      const app = viewport.width > 400 ? "price-list-publisher" : "newsletter-sender";
      await signIn(page, "Mara Lindqvist");
      await preview(page, app);
      const here = new URL(page.url()).pathname;
      await context.clearCookies();
      const push = page.getByRole("button", { name: "Push to 1 app" });
      await push.click();
      const slot = await expectRefusal(page, push, "Sign in");
      await slot.getByRole("link", { name: "Sign in" }).click();
      await page.getByRole("button", { name: "Mara Lindqvist" }).click();
      await expect(page).toHaveURL((url) => url.pathname === here);
      await page.getByRole("button", { name: "Push to 1 app" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Verified on 1 app" })).toBeVisible({ timeout: 30_000 });
    });

    test("pushed in another tab: the link opens its receipt", async ({ page, context }) => {
      const app = viewport.width > 400 ? "loyalty-points" : "translation-service";
      await signIn(page, "Mara Lindqvist");
      await preview(page, app);
      const second = await context.newPage();
      await second.goto(page.url());
      await alive(second);
      await page.getByRole("button", { name: "Push to 1 app" }).click();
      await expect(page.getByRole("heading", { level: 1, name: "Verified on 1 app" })).toBeVisible({ timeout: 30_000 });
      const push = second.getByRole("button", { name: "Push to 1 app" });
      await push.click();
      const slot = await expectRefusal(second, push, "This preview was pushed already");
      await slot.getByRole("link", { name: "Open its receipt" }).click();
      await expect(second).toHaveURL(page.url());
    });

    test("nothing chosen: it is said beside the button, and the page stays as it is", async ({ page }) => {
      await signIn(page, "Mara Lindqvist");
      await upload(page, "certificate.pem", Buffer.from(makeCertificate("/CN=for-nobody").pem));
      await page.getByRole("link", { name: "Choose apps" }).first().click();
      await alive(page);
      await page.getByLabel("Name of the entry").fill("typed before");
      const button = page.getByRole("button", { name: "Preview" });
      await button.click();
      await expectRefusal(page, button, /no app/i);
      await expect(page.getByLabel("Name of the entry")).toHaveValue("typed before");
    });

    test("no entry selected on an app's page: it is said beside the button", async ({ page }) => {
      await signIn(page, "Mara Lindqvist", "/apps?q=backup-orchestrator");
      await page.getByRole("link", { name: "backup-orchestrator" }).click();
      await alive(page);
      const button = page.getByRole("button", { name: "Remove the selected" });
      await button.click();
      await expectRefusal(page, button, "No entry was chosen");
    });
  });
}
