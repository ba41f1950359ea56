import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, type Locator, type Page } from "@playwright/test";
import { Graph } from "./support/graph";
import { sent, traces } from "./support/network";
import { choose, drop, alive, signIn } from "./support/portal";

const PASSWORD = "correct-horse-battery-staple";
const openssl = (...args: string[]): string => execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** The file that a click has the browser save, under the name that it offers. */
async function saved(page: Page, button: Locator): Promise<{ name: string; path: string }> {
  const begun = page.waitForEvent("download");
  await button.click();
  const download = await begun;
  const path = join(mkdtempSync(join(tmpdir(), "thumbprint-e2e-")), "saved");
  await download.saveAs(path);
  return { name: download.suggestedFilename(), path };
}

const button = (page: Page, name: string): Locator => page.getByRole("button", { name, exact: true });

test("a key pair is made here, saved, pushed and proved, and no byte of the key is sent", async ({ page }) => {
  test.setTimeout(120_000);
  const graph = await Graph.as("Mara Lindqvist");
  const before = await graph.keys("returns-desk");
  await signIn(page, "Mara Lindqvist", "/certificates/new");
  await alive(page);
  await page.getByText("No certificate yet?").click();
  await page.getByRole("link", { name: "Make one in this browser" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Make a certificate" })).toBeVisible();

  const log = sent(page);
  await page.getByLabel("Common name").fill("returns-2027");
  await page.getByLabel("Organization").fill("Contoso, Ltd");
  await page.getByLabel("RSA key").selectOption("3072 bits");
  await page.getByLabel("Lifetime").selectOption("180 days");
  await button(page, "Make it in this browser").click();
  await expect(page.getByText("There is no copy of the private key")).toBeVisible({ timeout: 30_000 });
  await expect(button(page, "Continue with this certificate")).toBeDisabled();

  await page.getByLabel("Password for the PFX").fill(PASSWORD);
  await page.getByLabel("The same again").fill(`${PASSWORD}?`);
  await button(page, "Save as PFX").click();
  await expect(page.getByRole("alert")).toHaveText("The two passwords differ. Type them again.");
  await expect(button(page, "Continue with this certificate")).toBeDisabled();
  // Both fields are emptied once the worker has what was typed.
  await page.getByLabel("Password for the PFX").fill(PASSWORD);
  await page.getByLabel("The same again").fill(PASSWORD);
  const pfx = await saved(page, button(page, "Save as PFX"));
  const pem = await saved(page, button(page, "Save as PEM"));
  expect([pfx.name, pem.name]).toEqual(["returns-2027.pfx", "returns-2027.pem"]);
  await expect(page.getByText("Handed to your browser as returns-2027.pem")).toBeVisible();

  // openssl's word on what was made.
  const text = openssl("x509", "-in", pem.path, "-noout", "-text", "-nameopt", "RFC2253");
  expect(text).toContain("Subject: CN=returns-2027,O=Contoso\\, Ltd");
  expect(text).toContain("Public-Key: (3072 bit)");
  expect(text).toContain("sha256WithRSAEncryption");
  for (const part of ["CA:FALSE", "Digital Signature", "TLS Web Client Authentication"]) expect(text).toContain(part);
  const [from, until] = openssl("x509", "-in", pem.path, "-noout", "-dates").trim().split("\n").map((line) => Date.parse(line.split("=")[1]!));
  expect(until! - from!).toBe(180 * 86_400_000);
  expect(Math.abs(Date.now() - from!)).toBeLessThan(120_000);
  expect(openssl("verify", "-check_ss_sig", "-partial_chain", "-purpose", "sslclient", "-trusted", pem.path, pem.path)).toContain(": OK");
  // Both files hold one key, and it is the certificate's; without the password the PFX stays shut.
  const publicKey = openssl("x509", "-in", pem.path, "-noout", "-pubkey");
  expect(openssl("pkey", "-in", pem.path, "-pubout")).toBe(publicKey);
  const key = `${pfx.path}.key`;
  openssl("pkcs12", "-in", pfx.path, "-passin", `pass:${PASSWORD}`, "-nodes", "-nocerts", "-out", key);
  expect(openssl("pkey", "-in", key, "-check", "-pubout")).toContain(publicKey);
  openssl("pkcs12", "-in", pfx.path, "-passin", `pass:${PASSWORD}`, "-nokeys", "-out", `${pfx.path}.pem`);
  expect(openssl("x509", "-in", `${pfx.path}.pem`, "-noout", "-fingerprint")).toBe(openssl("x509", "-in", pem.path, "-noout", "-fingerprint"));
  expect(() => openssl("pkcs12", "-in", pfx.path, "-passin", "pass:wrong", "-nodes")).toThrow();

  await button(page, "Continue with this certificate").click();
  await expect(page.getByRole("heading", { level: 1, name: "returns-2027" })).toBeVisible();
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  await choose(page, "returns-desk");
  await button(page, "Preview").click();
  await button(page, "Push to 1 app").click();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 1 app" })).toBeVisible({ timeout: 30_000 });
  const after = await graph.keys("returns-desk");
  expect(after.slice(0, -1)).toEqual(before);
  expect(after.at(-1)!.key).toBe(openssl("x509", "-in", pem.path).split("\n").slice(1, -2).join(""));

  // The PFX that was saved proves it.
  await page.getByRole("link", { name: /^Prove it/ }).click();
  await expect(page.locator(".drop--small")).toBeVisible();
  await drop(page, pfx.name, readFileSync(pfx.path), ".drop--small");
  const dialog = page.getByRole("dialog", { name: "This file is locked with a password" });
  await dialog.getByLabel("Password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Open" }).click();
  await button(page, "Get a token").click();
  await expect(page.getByRole("heading", { name: "Token issued: returns-desk can sign in" })).toBeVisible({ timeout: 40_000 });

  const everything = log();
  // The log does see what is sent.
  expect(everything).toContain("BEGIN CERTIFICATE");
  expect(everything).not.toContain(PASSWORD);
  expect(everything).not.toContain("PRIVATE KEY");
  // What `openssl pkcs12` writes has attributes before the key.
  openssl("pkey", "-in", key, "-out", `${key}.pem`);
  for (const trace of traces(`${key}.pem`)) expect(everything).not.toContain(trace);
});

test("a signing request is made here, and only the person has it", async ({ page }) => {
  const { id } = await (await Graph.as("Mara Lindqvist")).app("returns-desk");
  await signIn(page, "Mara Lindqvist", `/certificates/make?app=${id}`);
  await alive(page);
  const log = sent(page);
  await page.getByRole("radio", { name: /^Signing request/ }).check();
  await expect(page.getByLabel("Lifetime")).toBeDisabled();
  await page.getByLabel("Common name").fill("requested/here");
  await button(page, "Make it in this browser").click();
  await expect(page.getByText("There is no copy of the private key")).toBeVisible({ timeout: 30_000 });
  const key = await saved(page, button(page, "Save the private key"));
  const request = await saved(page, button(page, "Save the request"));
  expect([key.name, request.name]).toEqual(["requested-here.key", "requested-here.csr"]);
  expect(readFileSync(request.path, "utf8").trim()).toBe((await page.getByRole("region", { name: "the signing request", exact: true }).textContent())!.trim());

  const checked = execFileSync("openssl", ["req", "-in", request.path, "-verify", "-noout", "-subject", "-nameopt", "RFC2253"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  expect(checked).toContain("subject=CN=requested/here");
  expect(openssl("req", "-in", request.path, "-noout", "-pubkey")).toBe(openssl("pkey", "-in", key.path, "-pubout"));
  expect(openssl("req", "-in", request.path, "-noout", "-text")).toContain("Public-Key: (2048 bit)");
  // A certificate authority takes it.
  const ca = `${key.path}.ca`;
  openssl("req", "-x509", "-newkey", "rsa:2048", "-noenc", "-subj", "/CN=ca", "-keyout", `${ca}.key`, "-out", ca);
  openssl("x509", "-req", "-in", request.path, "-CA", ca, "-CAkey", `${ca}.key`, "-days", "9", "-out", `${ca}.leaf`);
  expect(openssl("verify", "-CAfile", ca, `${ca}.leaf`)).toContain(": OK");

  await page.getByRole("link", { name: "upload that" }).click();
  await expect(page.getByText("For returns-desk")).toBeVisible();
  for (const trace of traces(key.path)) expect(log()).not.toContain(trace);
  expect(log()).not.toContain("CERTIFICATE REQUEST");
});

test("the palette leads there, and who may not push is told so", async ({ page }) => {
  await signIn(page, "Mara Lindqvist", "/audit");
  await alive(page);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("make");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/certificates/make");
  await page.context().clearCookies();
  await signIn(page, "Priya Raman", "/certificates/make");
  await expect(page.getByText("You cannot upload")).toBeVisible();
  await expect(button(page, "Make it in this browser")).toHaveCount(0);
});
