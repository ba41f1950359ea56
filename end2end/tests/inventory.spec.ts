import { readFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import { alive, signIn } from "./support/portal";

/** The directory is read in the background: its first reading ends some time after the start. */
async function read(page: Page): Promise<void> {
  await expect(async () => {
    await page.goto("/inventory");
    await expect(page.getByText(/^[\d,]+ credentials?\. Read /)).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 50_000 });
}

/** How many rows there are, as the page says it. */
async function total(page: Page): Promise<number> {
  const text = await page.getByText(/^[\d,]+ (credential|object)s?\. Read /).innerText();
  return Number(text.split(" ")[0].replaceAll(",", ""));
}

test("from a card to its list, to the app, and to a file with as many rows", async ({ page }) => {
  await signIn(page, "Mara Lindqvist");
  await read(page);
  await page.goto("/");
  const card = page.getByRole("region", { name: "Only secrets" });
  const count = Number(await card.locator(".badge").innerText());
  await card.getByRole("link", { name: /^See the list/ }).click();
  await expect(page).toHaveURL("/inventory?view=objects&q=needs%3Aonly-secrets");
  expect(await total(page)).toBe(count);
  await expect(page.getByRole("table").getByRole("row")).toHaveCount(count + 1);
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /^CSV/ }).click()]);
  const lines = readFileSync(await file.path(), "utf8").trim().split("\r\n");
  expect(lines).toHaveLength(count + 1);
  const first = page.getByRole("rowheader").first().getByRole("link");
  const name = await first.innerText();
  await first.click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
});

test("the filter is typed or chosen, and a word that is not understood is named", async ({ page }) => {
  await signIn(page, "Mara Lindqvist");
  await read(page);
  const all = await total(page);
  await alive(page);
  await page.keyboard.press("/");
  await page.keyboard.type("kind:secret ends:past");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/inventory?view=credentials&sort=end&q=kind%3Asecret+ends%3Apast");
  const ended = await total(page);
  expect(ended).toBeGreaterThan(0);
  expect(ended).toBeLessThan(all);
  await expect(page.getByLabel("Kind of credential")).toHaveValue("secret");
  await page.getByLabel("When it ends").selectOption("Within 90 days");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByLabel("Filter", { exact: true })).toHaveValue("kind:secret ends:<90d");
  await page.getByLabel("Filter", { exact: true }).fill("payroll polcy:violates");
  await page.keyboard.press("Enter");
  await expect(page.getByText("“polcy:violates” is not understood")).toBeVisible();
  await expect(page.getByLabel("Filter", { exact: true })).toHaveValue("payroll polcy:violates");
  await expect(page.getByRole("table")).toHaveCount(0);
});

test("without scripts the choices write the same words", async ({ browser }) => {
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await signIn(page, "Mara Lindqvist");
  await read(page);
  await page.getByLabel("What has it").selectOption("Service principals");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByLabel("Filter", { exact: true })).toHaveValue("holder:sp");
  await page.getByRole("link", { name: "Objects", exact: true }).click();
  await expect(page).toHaveURL("/inventory?view=objects&q=holder%3Asp");
  await page.context().close();
});

test("an owner sees what is theirs", async ({ page }) => {
  await signIn(page, "Owen Carter");
  await read(page);
  await page.goto("/inventory?view=objects");
  const own = await total(page);
  await page.goto("/inventory?view=objects&q=owner%3Ame");
  expect(await total(page)).toBe(own);
  const names = await page.getByRole("table").getByRole("rowheader").allInnerTexts();
  expect(names.join(" ")).toContain("payroll-export");
  expect(names.join(" ")).not.toContain("badge-access");
});
