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

test("rows are selected over pages and go into a preview of what is removed, by keyboard too", async ({ page }) => {
  await signIn(page, "Owen Carter");
  await read(page);
  await page.goto("/inventory?q=kind%3Acertificate+holder%3Aapp&sort=name");
  await alive(page);
  const bar = page.getByRole("button", { name: "Continue" });
  await expect(bar).toBeHidden();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect(page.getByText("1 credential selected")).toBeVisible();
  const first = page.getByRole("checkbox", { name: /^Select / }).first();
  await expect(first).toBeChecked();
  await page.keyboard.press("x");
  await expect(bar).toBeHidden();
  const ticked = page.getByRole("checkbox", { name: /^Select payroll-batch/ }).first();
  await ticked.check();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "CSV of what is selected" }).click(),
  ]);
  expect(readFileSync(await file.path(), "utf8").trim().split("\r\n")).toHaveLength(2);
  await bar.click();
  await expect(page.getByText("1 credential, one by one")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Remove 1 certificate from 1 app" })).toBeVisible();
  await page.getByRole("button", { name: "Preview the removal" }).click();
  await expect(page).toHaveURL(/\/plans\//);
  await expect(page.getByLabel(/^Type/)).toBeVisible();
  await expect(page.getByText("payroll-batch").first()).toBeVisible();
});

test("without scripts all that the filter finds is selected, and what is left out is said", async ({ browser }) => {
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await signIn(page, "Mara Lindqvist");
  await read(page);
  await page.goto("/inventory?view=objects");
  const all = await total(page);
  await page.getByRole("checkbox", { name: /^Select / }).first().check();
  await page.getByRole("button", { name: "Next" }).click();
  await expect(page.getByRole("heading", { name: "Selected, not in view" })).toBeVisible();
  await page.getByRole("checkbox", { name: /^All [\d,]+ objects that the filter finds/ }).check();
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText(`All ${all} objects that you can see`)).toBeVisible();
  await expect(page.getByText(/service principals?: read-only here/)).toBeVisible();
  await page.context().close();
});

test("a view is saved, found again, and removed; groups lead to their rows", async ({ page }) => {
  await signIn(page, "Mara Lindqvist");
  await read(page);
  await page.goto("/inventory?view=objects&q=owner%3Anone");
  await page.getByText(/^Save this view/).click();
  const name = `Ownerless ${Date.now()}`;
  await page.getByLabel("Name of the view", { exact: true }).fill(name);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("navigation", { name: "Saved views" }).getByRole("link", { name })).toBeVisible();
  await page.goto("/inventory");
  await page.getByRole("navigation", { name: "Saved views" }).getByRole("link", { name }).click();
  await expect(page).toHaveURL("/inventory?view=objects&q=owner%3Anone");
  await page.getByText(/^Save this view/).click();
  await page.getByRole("button", { name: `Remove the view ${name}` }).click();
  await expect(page.getByRole("link", { name })).toHaveCount(0);
  await page.getByRole("link", { name: "Certificate", exact: true }).click();
  const row = page.getByRole("row").nth(1);
  const count = Number((await row.getByRole("cell").innerText()).replaceAll(",", ""));
  await row.getByRole("link").click();
  expect(await total(page)).toBe(count);
});

test("columns and density are chosen and stay in the address, and Enter opens the row", async ({ page }) => {
  await signIn(page, "Owen Carter");
  await read(page);
  await page.goto("/inventory?view=objects");
  await page.getByText("Columns and density").click();
  await page.getByLabel("Holds").uncheck();
  await page.getByLabel("Client ID").check();
  await page.getByLabel("Compact").check();
  await page.getByRole("button", { name: "Apply" }).last().click();
  await expect(page).toHaveURL(/columns%5B%5D=first-seen&columns%5B%5D=client-id&density=compact$/);
  await expect(page.getByRole("columnheader", { name: "Client ID" })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "Holds" })).toHaveCount(0);
  await page.getByRole("link", { name: "First seen" }).click();
  await expect(page.getByRole("columnheader", { name: "Client ID" })).toBeVisible();
  await alive(page);
  const name = await page.getByRole("rowheader").first().getByRole("link").first().innerText();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
});
