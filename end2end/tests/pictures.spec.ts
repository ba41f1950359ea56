// The pictures in docs: made by `make pictures`, from the demo company, and looked at by people before they are committed.
import { expect, type Page, test } from "@playwright/test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCertificate } from "./support/openssl";
import { about, choose, signIn, upload } from "./support/portal";

const folder = process.env.PICTURES ?? "test-results/pictures";
/** A page of docs is read over slow lines, too. */
const MOST_BYTES = 80 * 1024;
const APP = "event-hub-relay";

test.use({ viewport: { width: 1280, height: 720 }, colorScheme: "light", deviceScaleFactor: 1 });

/** As WebP, which the browser itself writes: on a page of its own, where no policy of the portal's stands in the way. */
async function webp(page: Page, png: Buffer): Promise<Buffer> {
  const blank = await page.context().newPage();
  const url = await blank.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    canvas.getContext("2d")?.drawImage(image, 0, 0);
    return canvas.toDataURL("image/webp", 0.85);
  }, `data:image/png;base64,${png.toString("base64")}`);
  await blank.close();
  const [kind, content] = url.split(",");
  expect(kind).toBe("data:image/webp;base64");
  return Buffer.from(content ?? "", "base64");
}

/** A window of the page, from these words on where there are some. */
async function picture(page: Page, name: string, begin?: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  if (begin) await page.getByText(begin).first().evaluate((element) => element.scrollIntoView({ block: "start" }));
  const picture = await webp(page, await page.screenshot({ animations: "disabled", caret: "hide" }));
  expect(picture.length, `${name} is small enough`).toBeLessThan(MOST_BYTES);
  writeFileSync(join(folder, `${name}.webp`), picture);
}

test("what a team's member sees, and what administrators see of it", async ({ page, browser }) => {
  await signIn(page, "Kenji Watanabe", "/apps");
  await expect(page.getByRole("link", { name: APP })).toBeVisible();
  await picture(page, "team-apps");

  await upload(page, "certificate.pem", Buffer.from(makeCertificate("/CN=event-hub-relay-2027").pem));
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  await choose(page, APP);
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(about(page, APP)).toContainText("Not yours to change");
  await page.getByLabel("Why is it needed?").fill("The relay moves to another host, and gets a key of its own there.");
  await picture(page, "team-ask", "Ask for approval");
  await page.getByRole("button", { name: "Ask for approval" }).click();
  await expect(page.getByText("It waits for approval")).toBeVisible();
  await picture(page, "team-request");

  const mara = await (await browser.newContext({ viewport: { width: 1280, height: 720 } })).newPage();
  await signIn(mara, "Mara Lindqvist", new URL(page.url()).pathname);
  await mara.getByRole("button", { name: "Approve" }).scrollIntoViewIfNeeded();
  await picture(mara, "admin-approve");
  await mara.getByRole("button", { name: "Approve" }).click();
  await expect(mara.getByText("Approved. It needs an executor")).toBeVisible();

  await mara.goto("/settings/rules");
  await mara.locator("summary", { hasText: "Add a rule" }).click();
  await mara.getByLabel("Name", { exact: true }).fill("finance");
  await mara.getByLabel(/^Names/).fill("invoice-*\nledger-*");
  await mara.getByLabel("Approvals").fill("2");
  await mara.getByRole("button", { name: "Add it" }).click();
  await mara.getByLabel("App: its client id, object id or whole name").fill("ledger-export");
  await mara.getByRole("button", { name: "Try" }).click();
  await expect(mara.getByText("1 rule applies to this change")).toBeVisible();
  await picture(mara, "admin-rules");
  await mara.locator("summary", { hasText: "Remove" }).click();
  await mara.getByRole("button", { name: /^Remove it/ }).click();
  await expect(mara.getByText("There are no rules")).toBeVisible();

  await mara.goto("/settings/teams");
  await picture(mara, "admin-teams");
});
