// Files and texts as people really have them; each is an input of app/domain/tests/field, where its source is named.
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { sent, traces } from "./support/network";
import { drop, alive, signIn } from "./support/portal";

const field = (name: string) => readFileSync(join("../app/domain/tests/field", name));

async function picture(page: Page, name: string) {
  const folder = process.env.PICTURES;
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

test("a PFX of Key Vault opens with an empty password", async ({ page }) => {
  await signIn(page, "Mara Lindqvist", "/certificates/new");
  await alive(page);
  await drop(page, "payroll.pfx", field("23-kv-pfx-null-password/input.pfx"));
  await page.getByRole("dialog", { name: "This file is locked with a password" }).getByRole("button", { name: "Open" }).click();
  await expect(page.getByRole("button", { name: "Continue with this certificate" })).toBeVisible();
  await expect(page.getByText("The private key stayed in this browser")).toBeVisible();
  await picture(page, "key-vault-pfx");
});

test("the key of a Kubernetes secret stays in the browser", async ({ page }) => {
  await signIn(page, "Mara Lindqvist", "/certificates/new");
  await alive(page);
  const log = sent(page);
  const secret = field("08-k8s-secret-yaml-with-key/input.yaml");
  await drop(page, "secret.yaml", secret);
  await expect(page.getByText("The private key stayed in this browser")).toBeVisible();
  await picture(page, "kubernetes-secret");
  await page.getByRole("button", { name: "Continue with this certificate" }).click();
  await expect(page).toHaveURL(/\/certificates\/[0-9a-f]{64}/);

  const wrapped = /tls\.key:\s*(\S+)/.exec(secret.toString())?.[1] ?? "";
  const pem = Buffer.from(wrapped, "base64").toString();
  expect(pem).toContain("PRIVATE KEY");
  const everything = log();
  expect(everything).not.toContain("PRIVATE KEY");
  expect(everything).not.toContain(wrapped.slice(0, 60));
  const key = join(mkdtempSync(join(tmpdir(), "field-")), "key.pem");
  writeFileSync(key, pem);
  for (const trace of traces(key)) expect(everything).not.toContain(trace);
});

test("a Java keystore is named, with the command that converts it", async ({ page }) => {
  await signIn(page, "Mara Lindqvist", "/certificates/new");
  await alive(page);
  await drop(page, "keystore.jks", field("40-java-jks/input.jks"));
  await expect(page.getByText("keytool", { exact: false }).first()).toBeVisible();
  await picture(page, "java-keystore");
});

test("an error inside Terraform's frame is read", async ({ page }) => {
  await page.goto("/doctor");
  await alive(page);
  await page.getByRole("textbox").first().fill(field("63-terraform-box/input.txt").toString());
  // The page's heading has the code as well: what counts is the verdict.
  await expect(page.getByRole("heading", { name: "The certificate is not registered on the app" })).toBeVisible();
  await expect(page.getByText("F67FC15AAB51409AE929074F1149A81FD7C9CD3C").first()).toBeVisible();
  await picture(page, "terraform-frame");
});
