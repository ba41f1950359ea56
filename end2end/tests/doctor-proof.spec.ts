import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { behave } from "./support/demo";
import { Graph, vault } from "./support/graph";
import { makeCertificate } from "./support/openssl";
import { choose, drop, alive, shown, signIn, upload } from "./support/portal";

/** Whether a certificate's policy lets the key out, and whether the key is in what the vault hands over. */
async function exported(name: string): Promise<{ exportable: boolean; key: boolean }> {
  const bundle = (await vault("Mara Lindqvist", `contoso-apps/certificates/${name}`)) as { policy: { key_props: { exportable: boolean } }; sid: string };
  const { value } = (await vault("Mara Lindqvist", bundle.sid)) as { value: string };
  const opened = execFileSync("openssl", ["pkcs12", "-passin", "pass:", "-nodes"], { input: Buffer.from(value, "base64"), encoding: "utf8" });
  expect(opened).toContain("BEGIN CERTIFICATE");
  return { exportable: bundle.policy.key_props.exportable, key: opened.includes("PRIVATE KEY") };
}

test.afterEach(() => behave({ propagation: 0 }));

test("a registration that is still on its way is waited for, with a countdown", async ({ page }) => {
  const made = makeCertificate("/CN=countdown");
  const graph = await Graph.as("Mara Lindqvist");
  const { id } = await graph.app("order-intake");
  await signIn(page, "Mara Lindqvist");
  await upload(page, "certificate.pem", readFileSync(made.certificate));
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  await choose(page, "order-intake");
  await page.getByRole("button", { name: "Preview" }).click();
  // Until the tenant is told otherwise, however long the browser takes.
  await behave({ propagation: 3600 });
  await page.getByRole("button", { name: "Push to 1 app" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 1 app" })).toBeVisible({ timeout: 30_000 });
  const answers: string[] = [];
  page.on("response", async (response) => {
    if (response.url().endsWith("/api/prove")) answers.push(await response.text());
  });
  await page.getByRole("link", { name: /^Prove it/ }).click();
  await expect(page).toHaveURL(`/apps/${id}/proof`);
  await drop(page, "key.pem", readFileSync(made.key), ".drop--small");
  const counted = await shown(page, /Not replicated yet. Next attempt in \d s/);
  await page.getByRole("button", { name: "Get a token" }).click();
  // It counts down, and may be called off.
  const at = async (seconds: number) => (await counted()).findIndex(({ text }) => text === `Not replicated yet. Next attempt in ${seconds} s`);
  await expect.poll(() => at(3), { timeout: 30_000 }).toBeGreaterThan(0);
  expect(await at(5)).toBe(0);
  const [five, three] = [(await counted())[0]!, (await counted())[await at(3)]!];
  expect(three.at - five.at).toBeLessThan(4_000);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("Entra was asked once.")).toBeVisible();
  await page.getByRole("button", { name: "Get a token" }).click();
  await expect.poll(() => answers.length, { timeout: 30_000 }).toBeGreaterThan(1);
  await behave({ propagation: 0 });
  await expect(page.getByRole("heading", { name: "Token issued: order-intake can sign in" })).toBeVisible({ timeout: 40_000 });
  await expect(page.getByRole("main")).toContainText(/It took \d attempts/);
  // It was the tenant that refused at first.
  expect(answers.length).toBeGreaterThan(2);
  for (const answer of answers.slice(0, -1)) expect(answer).toContain("AADSTS700027");
  expect(answers.at(-1)).not.toContain("AADSTS");
});

test("a refusal that is no delay is a verdict at once", async ({ page }) => {
  const made = makeCertificate("/CN=no-delay");
  const graph = await Graph.as("Mara Lindqvist");
  const { id } = await graph.app("benefits-gateway");
  const before = await graph.keys("benefits-gateway");
  const others = before.map((key) => ({ ...key, key: null }));
  await graph.setKeys("benefits-gateway", [...others, { key: made.derBase64, type: "AsymmetricX509Cert", usage: "Verify" }]);
  await signIn(page, "Mara Lindqvist", `/apps/${id}/proof`);
  await alive(page);
  await drop(page, "key.pem", readFileSync(made.key), ".drop--small");
  await expect(page.getByRole("button", { name: "Get a token" })).toBeVisible();
  // Somebody takes it away while the page is open.
  await graph.setKeys("benefits-gateway", others);
  await page.getByRole("button", { name: "Get a token" }).click();
  await expect(page.getByText("Entra issued no token")).toBeVisible();
  await expect(page.getByRole("region", { name: "Most likely cause" })).toBeVisible();
  await expect(page.getByText(/Next attempt/)).toHaveCount(0);
});

test("Key Vault signs with a private key that cannot be exported", async ({ page }) => {
  const graph = await Graph.as("Mara Lindqvist");
  const { id } = await graph.app("release-automation");
  // Key Vault's own word, to a person who may do everything there: this key stays, another one can be had.
  expect(await exported("release-automation")).toEqual({ exportable: false, key: false });
  expect(await exported("backup-agent")).toEqual({ exportable: true, key: true });

  await signIn(page, "Mara Lindqvist", `/apps/${id}/proof`);
  await alive(page);
  await page.getByRole("radiogroup", { name: "Where the private key is" }).getByText("Key Vault").click();
  await page.getByLabel("Vault", { exact: true }).fill("contoso-apps");
  await page.getByLabel("Certificate", { exact: true }).fill("release-automation");
  await page.getByRole("button", { name: "Sign there and get a token" }).click();
  await expect(page.getByRole("heading", { name: "Token issued: release-automation can sign in" })).toBeVisible({ timeout: 40_000 });
  await page.goto("/audit?q=release-automation");
  await expect(page.getByRole("row").filter({ hasText: "A token was issued." }).first()).toBeVisible();
});
