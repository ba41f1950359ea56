// What a person is told: acknowledging it, their hours, and a calendar that a program reads.
import { expect, test, type Page } from "@playwright/test";
import { signIn } from "./support/portal";

/** The directory is read in the background: its first reading ends some time after the start. */
async function read(page: Page): Promise<void> {
  await expect(async () => {
    await page.goto("/notices");
    await expect(page.getByText(/The directory was read/).first()).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 50_000 });
}

test("what ends is acknowledged, seen by another, and taken back; without script too", async ({ page, browser }) => {
  await signIn(page, "Mara Lindqvist");
  await read(page);
  const row = page.getByRole("row").filter({ has: page.getByText("Acknowledge", { exact: false }) }).first();
  const name = await row.getByRole("rowheader").innerText();
  await row.locator("summary").click();
  await row.getByLabel("Reason").fill("It is being retired");
  await row.getByRole("button", { name: "Stop the reminders" }).click();
  const told = page.getByRole("row").filter({ hasText: name }).first();
  await expect(told.getByText("Acknowledged")).toBeVisible();
  await expect(told.getByText("“It is being retired”")).toBeVisible();

  const priya = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await signIn(priya, "Priya Raman", "/notices");
  const seen = priya.getByRole("row").filter({ hasText: name }).first();
  await expect(seen.getByText("By Mara Lindqvist")).toBeVisible();
  await expect(seen.getByRole("button")).toHaveCount(0);

  const mara = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await signIn(mara, "Mara Lindqvist", "/notices");
  await mara.getByRole("row").filter({ hasText: name }).first().getByRole("button", { name: "Remind again" }).click();
  await expect(mara.getByRole("row").filter({ hasText: name }).first().getByText("Acknowledged")).toHaveCount(0);
});

test("hours are kept, and a calendar is read by its address until that is taken back", async ({ page, request }) => {
  await signIn(page, "Sofia Marchetti");
  await read(page);
  await page.getByLabel("Your time zone").fill("Europe/Atlantis");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("There is no such time zone")).toBeVisible();
  await page.getByLabel("Your time zone").fill("Europe/Berlin");
  await page.getByLabel("Quiet hours from").fill("22:00");
  await page.getByLabel("Quiet hours until").fill("06:30");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("By your own clock:")).toBeVisible();
  await expect(page.getByLabel("Quiet hours until")).toHaveValue("06:30");

  await page.getByRole("button", { name: "Make an address" }).click();
  const address = await page.getByLabel("Address", { exact: true }).inputValue();
  const feed = await request.get(address);
  expect(feed.headers()["content-type"]).toBe("text/calendar; charset=utf-8");
  expect(await feed.text()).toContain("BEGIN:VEVENT");
  await page.getByRole("link", { name: "Done" }).click();
  await expect(page.getByText("Last read")).toBeVisible();
  await page.getByRole("button", { name: "Take the address back" }).click();
  await expect(page.getByRole("button", { name: "Make an address" })).toBeVisible();
  expect((await request.get(address)).status()).toBe(404);
});
