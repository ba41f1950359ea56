import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, expect, type Page, test } from "@playwright/test";
import type { Demo } from "./support/demo";
import { signIn } from "./support/portal";
import { BINARY, start, stopAll } from "./support/processes";

// A portal that has no right of its own to read the directory: somebody lends it theirs.

test.afterEach(stopAll);

async function portal(): Promise<string> {
  const state = join(mkdtempSync(join(tmpdir(), "lent-")), "demo.json");
  const demo = start(BINARY, ["demo", "--lent-reading", "--port", "0", "--tenant-port", "0", "--state-file", state], {
    ...process.env,
    LOCAL_TENANT_KEYS: join(__dirname, "../../target/test-keys"),
  });
  await expect.poll(demo.said, { timeout: 60_000 }).toContain("Stop with Ctrl-C");
  return (JSON.parse(readFileSync(state, "utf8")) as Demo).portal;
}

async function signedIn(browser: Browser, portal: string, name: string): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: portal })).newPage();
  await signIn(page, name);
  return page;
}

test("an auditor lends the portal a sign-in, it reads with that, and no longer than until it is taken back", async ({ browser }) => {
  const base = await portal();
  const priya = await signedIn(browser, base, "Priya Raman");
  await expect(priya.getByText("Nobody lends a sign-in to read it with")).toBeVisible();
  await priya.getByRole("link", { name: "Lend yours" }).click();
  const lending = priya.getByRole("region", { name: "Reading the directory" });
  await lending.getByRole("button", { name: "Lend this sign-in" }).click();
  await expect(lending.getByRole("listitem")).toContainText("Priya Raman (you)");

  const mara = await signedIn(browser, base, "Mara Lindqvist");
  const read = mara.getByText("with the sign-in of Priya Raman");
  await expect(async () => {
    await mara.reload();
    await expect(read).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 30_000 });
  await mara.goto("/audit");
  await expect(mara.getByRole("row", { name: /Sign in lent/ })).toContainText("Priya Raman");
  // An owner is not asked to, and not told whose it is.
  const owen = await signedIn(browser, base, "Owen Carter");
  await expect(owen.getByText("Priya")).toHaveCount(0);
  await owen.goto("/sessions");
  await expect(owen.getByRole("heading", { name: "Your sessions" })).toBeVisible();
  await expect(owen.getByRole("region", { name: "Reading the directory" })).toHaveCount(0);

  await lending.getByRole("button", { name: "Take mine back" }).click();
  await expect(lending.getByText("Nobody lends one now")).toBeVisible();
  await mara.goto("/");
  await expect(mara.getByText("Nobody lends a sign-in to read it with")).toBeVisible();
  await expect(read).toBeVisible();
});
