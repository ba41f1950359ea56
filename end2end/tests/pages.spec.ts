// What pages promise of times, steps, undo, large text and plain words.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { demo } from "./support/demo";
import { Graph } from "./support/graph";
import { makeCertificate } from "./support/openssl";
import { about, alive, choose, signIn, upload } from "./support/portal";

async function pushTo(page: Page, subject: string, ...apps: string[]): Promise<void> {
  await upload(page, "certificate.pem", Buffer.from(makeCertificate(`/CN=${subject}`).pem));
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  for (const app of apps) await choose(page, app);
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByRole("button", { name: /^Push to/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: /^Verified on/ })).toBeVisible({ timeout: 30_000 });
}

test.describe("times", () => {
  test.use({ timezoneId: "Asia/Tokyo" });

  test("are in the person's zone with UTC at hand, in the zone that is chosen, and say what is left first", async ({ page }) => {
    await signIn(page, "Mara Lindqvist");
    await pushTo(page, "times-2027", "certificate-inventory");
    const time = page.getByRole("region", { name: "Summary" }).locator("time[data-local=minute]");
    await alive(page);
    const utc = new Date((await time.getAttribute("datetime"))!);
    const clock = (timeZone: string): string => new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(utc);
    await expect(time).toContainText(clock("Asia/Tokyo"));
    await expect(time).toHaveAttribute("title", new RegExp(`${clock("UTC")}:\\d\\d UTC$`));
    const receipt = page.url();
    const save = async (): Promise<void> => {
      const saved = page.waitForEvent("load");
      await page.getByRole("button", { name: "Save" }).click();
      await saved;
    };

    await page.locator("summary", { hasText: "Help" }).click();
    await page.getByRole("link", { name: "Time zone" }).click();
    await page.getByLabel("Zone").fill("America/New_York");
    await save();
    await page.goto(receipt);
    await expect(time).toContainText(clock("America/New_York"));
    await page.goto("/preferences");
    await page.getByLabel("Zone").fill("");
    await save();
    await page.goto(receipt);
    await expect(time).toContainText(clock("Asia/Tokyo"));

    await expect(page.getByRole("row", { name: /^Added/ })).toContainText(/\d+ days left\D*\d+ \w+ 20\d\d/);
    await upload(page, "certificate.pem", Buffer.from(makeCertificate("/CN=ends-tomorrow", { days: 1 }).pem));
    await expect(page.getByRole("main")).toContainText(/23 hours left\D*\d+ \w+ 20\d\d/);
  });
});

test("the step is where the navigation says; the receipt leads to the app, to undo, to paper and to a whole file", async ({ page }) => {
  await signIn(page, "Mara Lindqvist");
  const nav = page.getByRole("navigation", { name: "Main" });
  for (const name of ["Retirements", "Key Vault", "Make"]) {
    await nav.getByRole("link", { name }).click();
    await expect(nav.getByRole("link", { name })).toHaveAttribute("aria-current", "page");
  }
  const apps = ["intranet-search", "meeting-room-panels"];
  const graph = await Graph.as("Mara Lindqvist");
  const before = await graph.keys(apps[0]!);
  await pushTo(page, "steps-2027", ...apps);
  await expect(nav.locator("[aria-current]")).toHaveText("Upload");
  await expect(page.getByRole("main").locator("[aria-current=step]")).toContainText("Receipt");
  const { tenant_id } = demo();

  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download the whole receipt" }).click()]);
  const whole = readFileSync(await file.path(), "utf8");
  for (const words of [...apps, tenant_id, "Mara Lindqvist", "Thumbprint"]) expect(whole).toContain(words);
  await page.getByRole("link", { name: "To print" }).click();
  for (const words of [...apps, tenant_id, "Mara Lindqvist", "Thumbprint", "UTC"]) await expect(page.getByRole("main")).toContainText(words);
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("banner")).toBeHidden();
  await expect(page.getByRole("row", { name: new RegExp(`^${apps[1]}`) })).toBeVisible();
  await page.emulateMedia({ media: null });
  await page.goBack();

  // Undo is called so, and comes back to the app.
  await about(page, apps[0]!).getByRole("button", { name: /^Undo/ }).click();
  await page.getByLabel(/^Type/).fill(await page.locator(".confirm__words").innerText());
  await page.getByRole("button", { name: "Undo on 1 app" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 1 app" })).toBeVisible({ timeout: 30_000 });
  expect(await graph.keys(apps[0]!)).toEqual(before);
  await page.getByRole("link", { name: `Back to ${apps[0]}` }).click();
  await expect(page.getByRole("heading", { level: 1, name: apps[0]! })).toBeVisible();
});

test("copying does not choose what has expired; a removal of it warns of nobody", async ({ page }) => {
  const { id } = await (await Graph.as("Mara Lindqvist")).app("backup-orchestrator");
  await signIn(page, "Mara Lindqvist", `/apps/${id}/copy`);
  const options = page.getByRole("group", { name: "Which certificates are copied" }).locator("label");
  const [expired, good] = [options.filter({ hasText: "Expired" }), options.filter({ hasNotText: "Expired" })];
  expect(await expired.count()).toBeGreaterThan(0);
  expect(await good.count()).toBeGreaterThan(0);
  for (const option of await expired.all()) await expect(option.getByRole("checkbox")).not.toBeChecked();
  for (const option of await good.all()) await expect(option.getByRole("checkbox")).toBeChecked();

  await page.goto(`/apps/${id}`);
  await page.getByRole("row", { name: /Expired/ }).first().getByRole("checkbox").check();
  const remove = page.getByRole("button", { name: "Remove the selected" });
  // It looks like what it is.
  expect(await remove.evaluate((element) => parseFloat(getComputedStyle(element).borderTopWidth))).toBeGreaterThan(0);
  await remove.click();
  await expect(page.getByRole("heading", { level: 1, name: "Preview" })).toBeFocused();
  await expect(page.getByText("It has ended: nothing signs in with it.")).toBeVisible();
  await expect(page.getByText(/stops working|AADSTS700027/)).toHaveCount(0);
});

test("openssl's mark of an authority is explained once, calmly, and not on the preview", async ({ page }) => {
  await signIn(page, "Mara Lindqvist");
  await upload(page, "certificate.pem", Buffer.from(makeCertificate("/CN=marked-as-ca").pem));
  const told = page.getByText("openssl marks self-signed certificates so by default.");
  await expect(told).toHaveCount(1);
  await expect(page.locator(".message-bar--info", { has: told })).toHaveCount(1);
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  await choose(page, "customer-portal-staging");
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Preview" })).toBeVisible();
  await expect(told).toHaveCount(0);
});

test("what a person may not read is said once, not on each preview", async ({ page }) => {
  const told = page.getByText("Your account may not read the directory's app management policies");
  await signIn(page, "Leila Haddad");
  for (const [at, subject] of ["first-time", "second-time"].entries()) {
    await upload(page, "certificate.pem", Buffer.from(makeCertificate(`/CN=${subject}`).pem));
    await page.getByRole("link", { name: "Choose apps" }).first().click();
    await choose(page, "customer-portal-staging");
    await page.getByRole("button", { name: "Preview" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Preview" })).toBeVisible();
    await expect(told, subject).toHaveCount(at === 0 ? 1 : 0);
  }
});

test("text of twice the size keeps the account menu", async ({ page }) => {
  // As the browser's own setting does it, which media queries follow as well.
  const session = await page.context().newCDPSession(page);
  await signIn(page, "Mara Lindqvist");
  for (const width of [1440, 780, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto("/");
    await session.send("Page.setFontSizes", { fontSizes: { standard: 32, fixed: 26 } });
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe("32px");
    const account = page.locator("summary", { hasText: "Account of Mara Lindqvist" });
    await expect(account, `${width} px`).toBeInViewport({ ratio: 1 });
    await account.click();
    await expect(page.getByRole("button", { name: "Sign out" }), `${width} px`).toBeInViewport();
  }
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  for (const javaScriptEnabled of [true, false]) {
    test(`the navigation is a menu, ${javaScriptEnabled ? "by keyboard" : "without scripts"} as well`, async ({ browser }) => {
      const page = await (await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled })).newPage();
      await signIn(page, "Mara Lindqvist", "/apps");
      expect((await page.getByRole("banner").boundingBox())!.height, "one line").toBeLessThan(70);
      const [menu, nav] = [page.getByRole("button", { name: "Menu" }), page.getByRole("navigation", { name: "Main" })];
      await expect(nav).toBeHidden();
      await menu.click();
      await expect(nav.locator("[aria-current=page]")).toHaveText("Apps");
      for (const link of await nav.getByRole("link").all()) await expect(link).toBeInViewport({ ratio: 1 });
      await page.keyboard.press("Escape");
      await expect(nav).toBeHidden();
      await expect(menu).toBeFocused();
      await page.keyboard.press("Enter");
      await page.keyboard.press("Tab");
      await expect(nav.getByRole("link", { name: "Overview" })).toBeFocused();
      await nav.getByRole("link", { name: "Inventory" }).click();
      await expect(page).toHaveURL("/inventory");
      await expect(nav).toBeHidden();
      await page.context().close();
    });
  }

  test("apps and audit are compact rows, and a row's checkbox stands on its line", async ({ page }) => {
    await signIn(page, "Mara Lindqvist");
    await pushTo(page, "phone-2027", "shipping-labels");
    for (const [path, most] of [["/apps", 110], ["/audit", 260]] as const) {
      await page.goto(path);
      const rows = page.locator("tbody tr");
      expect(await rows.count()).toBeGreaterThan(0);
      for (const row of await rows.all()) expect((await row.boundingBox())!.height, path).toBeLessThan(most);
    }
    await page.goto("/certificates/new");
    await upload(page, "certificate.pem", Buffer.from(makeCertificate("/CN=phone-rows").pem));
    await page.getByRole("link", { name: "Choose apps" }).first().click();
    const row = page.locator("tbody tr").first();
    const [box, name] = [(await row.getByRole("checkbox").boundingBox())!, (await row.locator("strong, a, label").last().boundingBox())!];
    expect(box.y).toBeGreaterThanOrEqual(name.y - 4);
    expect(box.y + box.height).toBeLessThanOrEqual(name.y + name.height + 4);
  });
});

test("in forced colours the progress bar and the current step are seen", async ({ page }) => {
  await signIn(page, "Mara Lindqvist");
  await upload(page, "certificate.pem", Buffer.from(makeCertificate("/CN=forced").pem));
  await page.emulateMedia({ forcedColors: "active" });
  const steps = page.getByRole("list", { name: /steps/i }).or(page.locator(".steps"));
  const current = steps.locator("[aria-current=step]").first();
  const other = steps.locator("li:not(:has([aria-current])):not([aria-current])").last();
  const looks = (part: typeof current) => part.evaluate((element) => {
    const all = [element, ...element.querySelectorAll("*")];
    return all.map((it) => { const style = getComputedStyle(it); return [style.color, style.backgroundColor, style.borderColor, style.fontWeight, style.outlineStyle].join(); }).join(";");
  });
  expect(await looks(current)).not.toBe(await looks(other));
});

test("the landing page and the README promise exactly what happens", async ({ page }) => {
  const promise = "What others added since the preview is kept and merged, and the receipt says so.";
  await page.goto("/");
  const main = page.getByRole("main");
  await expect(main).toContainText(promise);
  await expect(main).not.toContainText(/nothing is sent/i);
  const readme = readFileSync(join(__dirname, "../../README.md"), "utf8").replaceAll(/\s+/g, " ");
  expect(readme).toContain(promise);
  expect(readme).not.toMatch(/nothing is sent/i);
});

test("a push that waits stands in one box; what an app has not is one small line", async ({ page }) => {
  await signIn(page, "Mara Lindqvist");
  await upload(page, "certificate.pem", Buffer.from(makeCertificate("/CN=paused-2027").pem));
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  for (const app of ["learning-portal", "recruiting-connector"]) await choose(page, app);
  await page.getByRole("button", { name: "Preview" }).click();
  await page.locator("details.pace > summary").click();
  await page.getByLabel("First wave, apps").fill("1");
  await page.getByLabel("Wait for me after each wave").check();
  await page.getByRole("button", { name: "Push to 2 apps" }).click();
  const box = page.getByRole("region", { name: "Paused" });
  await expect(box).toContainText("Wave 1 of 2 has ended", { timeout: 30_000 });
  for (const name of ["Resume", "Cancel the rest"]) await expect(box.getByRole("button", { name })).toBeVisible();
  await expect(page.getByText("Wave 1 of 2 has ended")).toHaveCount(1);

  // The bar is drawn in colours of the person's own.
  await page.emulateMedia({ forcedColors: "active" });
  const bar = box.getByRole("progressbar");
  expect(await bar.evaluate((element) => parseFloat(getComputedStyle(element).borderTopWidth))).toBeGreaterThan(0);
  await page.emulateMedia({ forcedColors: null });
  await box.getByRole("button", { name: "Cancel the rest" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 1 of 2 apps" })).toBeVisible({ timeout: 30_000 });

  const { id } = await (await Graph.as("Mara Lindqvist")).app("learning-portal");
  await page.goto(`/apps/${id}`);
  const none = page.getByRole("region", { name: "Client secrets" });
  await expect(none).toContainText("This app has none.");
  expect((await none.boundingBox())!.height).toBeLessThan(120);
});

test("a person signs out in another browser, and stays signed in here", async ({ page, browser }) => {
  const other = await (await browser.newContext()).newPage();
  await signIn(other, "Priya Raman", "/apps");
  await signIn(page, "Priya Raman", "/sessions");
  await expect(page.getByRole("row", { name: /Chrome on Linux.*This one/ })).toHaveCount(1);
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(page.getByText("You are signed in nowhere else.")).toBeVisible();
  await other.reload();
  await expect(other.getByRole("heading", { level: 1, name: "Sign in to continue" })).toBeVisible();
  await other.context().close();
});
