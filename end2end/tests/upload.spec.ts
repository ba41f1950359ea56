import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { sent, traces } from "./support/network";
import { makeCertificate, makePfx } from "./support/openssl";
import { drop, alive, signIn } from "./support/portal";

const PASSWORD = "correct-horse-battery-staple";

test.beforeEach(async ({ page }) => {
  await signIn(page, "Mara Lindqvist", "/certificates/new");
  await alive(page);
});

test("a PFX is opened here, and neither key nor password leaves the browser", async ({ page }) => {
  const made = makeCertificate("/CN=from-a-pfx");
  const pfx = readFileSync(makePfx(made, PASSWORD));
  const log = sent(page);
  await drop(page, "bundle.bin", pfx);

  const dialog = page.getByRole("dialog", { name: "This file is locked with a password" });
  await dialog.getByLabel("Password").fill("wrong");
  await dialog.getByRole("button", { name: "Open" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("That password does not open the file. Try again.");
  await expect(dialog.getByLabel("Password")).toBeFocused();
  await dialog.getByLabel("Password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Open" }).click();

  await expect(page.getByRole("heading", { name: "from-a-pfx" })).toBeVisible();
  await expect(page.getByText("The private key stayed in this browser")).toBeVisible();
  await page.getByRole("button", { name: "Continue with this certificate" }).click();
  await expect(page).toHaveURL(new RegExp(`/certificates/${made.sha256.toLowerCase()}`));

  const everything = log();
  // The log does see what is sent: the certificate is in it.
  expect(everything).toContain(made.pem.split("\n")[3]!);
  expect(everything).not.toContain(PASSWORD);
  expect(everything).not.toContain("PRIVATE KEY");
  for (const trace of traces(made.key)) expect(everything).not.toContain(trace);
  const body = pfx.toString("base64");
  expect(everything).not.toContain(body.slice(200, 260));
  expect(everything).not.toContain(pfx.subarray(150, 190).toString("latin1"));
});

/** `openssl x509 -fingerprint -sha1` of a certificate made by openssl, as PEM and in a PFX; its key belongs to nothing. */
const FIXTURE = "21F584F45DED651C3CDE50133EF0BE1B1784A793";
const fixture = (name: string): Buffer => readFileSync(join("../app/domain/tests/fixtures", name));
const grouped = (thumbprint: string): string => thumbprint.match(/.{4}/g)!.join(" ");

test("WebAssembly reads a PEM as native code does", async ({ page }) => {
  await drop(page, "fixture.pem", fixture("fixture.pem"));
  await expect(page.locator("main")).toContainText(grouped(FIXTURE));
});

test("WebAssembly opens a PFX with its password alone, and leaves the key out", async ({ page }) => {
  await drop(page, "fixture.pfx", fixture("fixture.pfx"));
  const dialog = page.getByRole("dialog", { name: "This file is locked with a password" });
  await dialog.getByLabel("Password").fill("wrong");
  await dialog.getByRole("button", { name: "Open" }).click();
  await expect(dialog.getByRole("alert")).toHaveText("That password does not open the file. Try again.");
  await dialog.getByLabel("Password").fill("fixture");
  await dialog.getByRole("button", { name: "Open" }).click();
  await expect(page.locator("main")).toContainText(grouped(FIXTURE));
  await expect(page.getByText("The private key stayed in this browser")).toBeVisible();
});

test("a PEM with its key sends the certificate alone", async ({ page }) => {
  const made = makeCertificate("/CN=with-its-key");
  const log = sent(page);
  await drop(page, "both.pem", Buffer.from(readFileSync(made.key, "utf8") + made.pem));
  await expect(page.getByText("The private key stayed in this browser")).toBeVisible();
  await page.getByRole("button", { name: "Continue with this certificate" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "with-its-key" })).toBeVisible();
  const everything = log();
  expect(everything).toContain(made.pem.split("\n")[3]!);
  for (const trace of traces(made.key)) expect(everything).not.toContain(trace);
});

test("what cannot be used is refused with the reason and the way out", async ({ page }) => {
  const rsa = makeCertificate("/CN=fine");
  const cases: [string, Buffer, RegExp][] = [
    ["ec.pem", Buffer.from(makeCertificate("/CN=ec", { newkey: ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"] }).pem), /Entra cannot use its key \(EC, P-256\)/],
    ["small.pem", Buffer.from(makeCertificate("/CN=small", { newkey: ["rsa:1024"] }).pem), /RSA key has 1024 bits/],
    ["key.pem", readFileSync(rsa.key), /It holds a private key and no certificate/],
    ["request.csr", execFileSync("openssl", ["req", "-new", "-key", rsa.key, "-subj", "/CN=x"]), /certificate signing request/],
    ["two.pem", Buffer.from(rsa.pem + makeCertificate("/CN=another").pem), /2 certificates that do not form one chain/],
    ["big.bin", Buffer.alloc(1024 * 1024 + 1, 97), /larger than 1 MiB/],
    ["notes.txt", Buffer.from("not a certificate at all"), /not a certificate in any form known here/],
    ["nothing.pem", Buffer.alloc(0), /There is nothing in it/],
  ];
  for (const [name, content, reason] of cases) {
    await drop(page, name, content);
    await expect(page.getByText(reason), name).toBeVisible();
    await expect(page.getByRole("button", { name: "Continue with this certificate" }), name).toHaveCount(0);
  }
  // A refusal loses nothing: the next file is read.
  await drop(page, "fine.pem", Buffer.from(rsa.pem));
  await expect(page.getByRole("heading", { name: "fine" })).toBeVisible();
});

test("a file chosen by its name and text pasted work as well", async ({ page }) => {
  const made = makeCertificate("/CN=chosen");
  const der = join(made.folder, "certificate.cer");
  execFileSync("openssl", ["x509", "-in", made.certificate, "-outform", "der", "-out", der]);
  await page.getByLabel("Choose files").setInputFiles(der);
  await expect(page.getByRole("heading", { name: "chosen" })).toBeVisible();

  const pasted = makeCertificate("/CN=pasted");
  await page.getByText("Paste it as text").click();
  await page.getByLabel("Certificate as PEM or base64").fill(`some words around\n${pasted.pem}`);
  await page.getByRole("button", { name: "Read the text" }).click();
  await expect(page.getByRole("heading", { name: "pasted" })).toBeVisible();
});
