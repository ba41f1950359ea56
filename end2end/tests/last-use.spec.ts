// What an exported log says of a credential is on the pages of that credential.
import { expect, test, type Page } from "@playwright/test";
import { signIn } from "./support/portal";
import { Graph } from "./support/graph";

const DAY = 86_400_000;

/** As the admin center's "Download" gives it: a use and, later, an attempt that failed. */
async function log(name: string): Promise<{ file: { name: string; mimeType: string; buffer: Buffer }; object: string }> {
  const graph = await Graph.as("Mara Lindqvist");
  const { id, appId, passwordCredentials } = await graph.app(name);
  const row = (ago: number, errorCode: number) => ({
    createdDateTime: new Date(Date.now() - ago * DAY).toISOString(),
    appId,
    servicePrincipalCredentialKeyId: passwordCredentials[0].keyId,
    signInEventTypes: ["servicePrincipal"],
    status: { errorCode },
  });
  const buffer = Buffer.from(JSON.stringify([row(9, 7_000_222), row(2, 0)]));
  return { file: { name: "ApplicationSignIns.json", mimeType: "application/json", buffer }, object: `/inventory/application/${id}` };
}

async function read(page: Page): Promise<void> {
  await expect(async () => {
    await page.goto("/inventory");
    await expect(page.getByText(/^[\d,]+ credentials?\. Read /)).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 50_000 });
}

test("an auditor brings a log, reads what was in it, and finds the use on the object's page", async ({ page }) => {
  const { file, object } = await log("payslip-mailer");
  await signIn(page, "Priya Raman");
  await read(page);
  await page.getByRole("link", { name: "Last use" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Last use" })).toBeVisible();
  const broken = { ...file, buffer: file.buffer.subarray(0, 50) };
  await page.getByLabel("Log of service principal sign-ins").setInputFiles(broken);
  await page.getByRole("button", { name: "Import" }).click();
  await expect(page.getByText("The file breaks off in the middle.")).toBeVisible();
  await page.getByLabel("Log of service principal sign-ins").setInputFiles(file);
  await page.getByRole("button", { name: "Import" }).click();
  await expect(page.getByText("ApplicationSignIns.json was read")).toBeVisible();
  await expect(page.getByText("1 credential that it names is known here.")).toBeVisible();
  await expect(page.getByRole("row", { name: /ApplicationSignIns\.json/ })).toContainText("1 known here");
  await page.goto(object);
  const uses = page.getByRole("region", { name: "Last use" });
  await expect(uses.getByText(/^Signed in on .*, by an imported log of /)).toBeVisible();
  await uses.getByRole("link", { name: "Sources" }).click();
  await expect(page).toHaveURL("/inventory/last-use");
});

test("without scripts a log is imported as well, and a user imports none", async ({ browser }) => {
  const { file } = await log("expense-approvals");
  const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await signIn(page, "Mara Lindqvist");
  await read(page);
  await page.goto("/inventory/last-use");
  await page.getByLabel("Log of service principal sign-ins").setInputFiles(file);
  await page.getByRole("button", { name: "Import" }).click();
  await expect(page.getByText("ApplicationSignIns.json was read")).toBeVisible();
  await page.context().close();
  const other = await (await browser.newContext()).newPage();
  await signIn(other, "Kenji Watanabe");
  await other.goto("/inventory/last-use");
  await expect(other.getByRole("heading", { level: 1, name: "This is for administrators and auditors" })).toBeVisible();
  await other.context().close();
});
