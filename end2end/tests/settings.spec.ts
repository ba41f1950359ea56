// What administrators keep in the portal beside its configuration: channels for notices, and approval rules; without script too.
import { expect, test, type Page } from "@playwright/test";
import { alive, signIn } from "./support/portal";

/** A channel's or a rule's row. */
const row = (page: Page, name: string) => page.getByRole("row").filter({ has: page.getByRole("rowheader").getByText(name, { exact: true }) });

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? "with script" : "without script";

  test(`an administrator adds, changes, switches off and removes a channel, ${how}`, async ({ browser }) => {
    const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
    await signIn(page, "Mara Lindqvist", "/settings/notices");
    await page.locator("summary", { hasText: "Add a channel" }).click();
    await page.getByLabel("Name").fill("chat");
    await page.getByRole("radio", { name: /^Slack/ }).check();
    await expect(page.getByLabel("Secrets")).toBeHidden();
    await page.getByLabel("Address", { exact: true }).fill("http://hooks.example.com/services/s3cret");
    await page.getByRole("button", { name: "Add it" }).click();
    await expect(page.getByText("is plain http").first()).toBeVisible();
    await expect(page.getByLabel("Name")).toHaveValue("chat");
    await page.getByLabel("Address", { exact: true }).fill("https://hooks.example.com/services/s3cret");
    await page.getByRole("button", { name: "Add it" }).click();
    await expect(row(page, "chat")).toContainText("slack · https://hooks.example.com/…");
    await expect(row(page, "chat")).toContainText("Changed by Mara Lindqvist");
    expect(await page.content()).not.toContain("s3cret");

    await row(page, "chat").getByRole("link", { name: "Change chat" }).click();
    await expect(page.getByLabel("Address", { exact: true })).toHaveValue("");
    await page.getByLabel(/^Apps without owners/).check();
    await page.getByRole("button", { name: "Keep it so" }).click();
    await expect(row(page, "chat")).toContainText("administrators, apps without owners");
    await row(page, "chat").getByRole("button", { name: "Switch off chat" }).click();
    await expect(row(page, "chat")).toContainText("Switched off");
    await expect(row(page, "chat").getByRole("button", { name: "Send a test chat" })).toHaveCount(0);
    await row(page, "chat").locator("summary", { hasText: "Remove" }).click();
    await row(page, "chat").getByRole("button", { name: "Remove it chat" }).click();
    await expect(row(page, "chat")).toHaveCount(0);
    await page.goto("/audit");
    const removed = page.getByRole("row").filter({ hasText: "Channel removed" }).first();
    await expect(removed).toContainText("Before: slack https://hooks.example.com/…, for administrators and apps without owners");
  });

  test(`an administrator sees what would be told to whom today, and puts one channel in another's place, ${how}`, async ({ browser }) => {
    const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
    const [first, second] = [`first-${javaScriptEnabled}`, `second-${javaScriptEnabled}`];
    await signIn(page, "Mara Lindqvist", "/settings/notices");
    // Told when the day's digests are written, which may have happened: then what was sent names her.
    const planned = page.getByRole("table", { name: "Digests that would be sent" });
    const sent = page.getByRole("table", { name: "Deliveries, the newest first" });
    const told = planned.or(sent).getByRole("row").filter({ hasText: "Leila Haddad" });
    // The directory is read in the background: its first reading ends some time after the start.
    await expect(async () => {
      await page.goto("/settings/notices");
      await expect(told.first()).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 50_000 });
    if (await planned.isVisible()) await expect(told.first()).toContainText("customer-portal-staging");
    const add = async (name: string) => {
      if (javaScriptEnabled) await alive(page);
      // With script what was open is open again after a reload.
      if (!(await page.getByLabel("Name").isVisible())) await page.locator("summary", { hasText: "Add a channel" }).click();
      await page.getByLabel("Name").fill(name);
      await page.getByRole("radio", { name: /^Slack/ }).check();
      await page.getByLabel("Address", { exact: true }).fill(`https://hooks.example.com/services/${name}`);
      await page.getByRole("button", { name: "Add it" }).click();
      await expect(row(page, name)).toContainText("administrators");
    };
    await add(first);
    await row(page, first).getByRole("button", { name: `Send a test ${first}` }).click();
    const over = sent.getByRole("row").filter({ hasText: first });
    await expect(async () => {
      await page.goto("/settings/notices");
      await expect(over.first()).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 50_000 });
    await add(second);
    await row(page, first).locator("summary", { hasText: "Remove" }).click();
    await row(page, first).getByRole("button", { name: `Remove it ${first}` }).click();
    await expect(row(page, first)).toHaveCount(0);
    // What waited for it is not sent over it any more, and nobody is told by it.
    await expect(over.first()).toContainText("Not sent: the channel is switched off");
    await expect(row(page, second)).toContainText("No failure");
    await row(page, second).locator("summary", { hasText: "Remove" }).click();
    await row(page, second).getByRole("button", { name: `Remove it ${second}` }).click();
    await expect(row(page, second)).toHaveCount(0);
  });

  test(`an administrator adds a rule, tries it and removes it, ${how}`, async ({ browser }) => {
    const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
    await signIn(page, "Mara Lindqvist", "/settings/rules");
    await page.locator("summary", { hasText: "Add a rule" }).click();
    await page.getByLabel("Name", { exact: true }).fill("ledger");
    await page.getByLabel(/^Names/).fill("ledger-*\nbooks-*");
    await page.getByLabel(/^Who approves one a line/).fill("root");
    await page.getByRole("button", { name: "Add it" }).click();
    await expect(page.getByText(/Who approves, line 1: “root” is neither/).first()).toBeVisible();
    await expect(page.getByLabel(/^Names/)).toHaveValue(/ledger-\*\s+books-\*/);
    await page.getByLabel(/^Who approves one a line/).fill("admins");
    await page.getByRole("button", { name: "Add it" }).click();
    await expect(row(page, "ledger")).toContainText("1 approval of: administrators");

    const other = await (await browser.newContext({ javaScriptEnabled })).newPage();
    await signIn(other, "Owen Carter", "/settings/rules");
    await expect(row(other, "ledger")).toBeVisible();
    await expect(row(other, "ledger").getByRole("button")).toHaveCount(0);
    await expect(other.locator("summary", { hasText: "Add a rule" })).toHaveCount(0);

    await page.getByLabel("App: its client id, object id or whole name").fill("ledger-export");
    await page.getByRole("button", { name: "Try" }).click();
    await expect(row(page, "ledger")).toContainText("the app’s name is like ledger-*".replace("’", "'"));
    await row(page, "ledger").getByRole("button", { name: "Switch off ledger" }).click();
    await expect(row(page, "ledger")).toContainText("Switched off");
    await row(page, "ledger").locator("summary", { hasText: "Remove" }).click();
    await row(page, "ledger").getByRole("button", { name: "Remove it ledger" }).click();
    await expect(row(page, "ledger")).toHaveCount(0);
  });
}
