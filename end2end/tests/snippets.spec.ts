import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { assertion, tokenAnswer } from "./support/assertion";
import { demo, results } from "./support/demo";
import { Graph } from "./support/graph";
import { makeCertificate, type OpensslCertificate } from "./support/openssl";
import { drop, alive, signIn } from "./support/portal";

const PYTHON = process.env.THUMBPRINT_PYTHON ?? join(__dirname, "../../.tools/python/bin/python");
const APP = "master-data-sync";

/** The text of one tab, as a person copies it. */
async function copied(page: Page, group: string, tab: string, label: string): Promise<string> {
  await page.getByRole("radiogroup", { name: group }).getByText(tab, { exact: true }).click();
  const text = await page.getByRole("region", { name: label, exact: true }).textContent();
  expect(text).toBeTruthy();
  return text!;
}

/** A folder as the code wants it; below end2end, so that its packages are found. */
function folder(made: OpensslCertificate): string {
  mkdirSync(results, { recursive: true });
  const folder = mkdtempSync(join(results, "snippet-"));
  copyFileSync(made.certificate, join(folder, "certificate.pem"));
  copyFileSync(made.key, join(folder, "private.key"));
  return folder;
}

/** What a program says, on either stream, and whether it succeeded. */
async function run(where: string, file: string, text: string, command: string, ...args: string[]): Promise<{ ok: boolean; said: string }> {
  writeFileSync(join(where, file), text);
  const { ca_file } = demo();
  const env = { ...process.env, FORCE_COLOR: "0", REQUESTS_CA_BUNDLE: ca_file, NODE_EXTRA_CA_CERTS: ca_file, NO_PROXY: "localhost,127.0.0.1" };
  return new Promise((resolve) => {
    execFile(command, [file, ...args], { cwd: where, env, timeout: 40_000 }, (error, stdout, stderr) => resolve({ ok: !error, said: stdout + stderr }));
  });
}

async function doctor(page: Page, made: OpensslCertificate, appId: string): Promise<void> {
  await page.goto("/doctor");
  await alive(page);
  await page.getByLabel(/^Paste the error/).fill(await tokenAnswer(appId, assertion(made, appId)));
  await drop(page, "certificate.cer", Buffer.from(made.pem), ".paste");
  await expect(page.getByRole("heading", { name: "Code that gets it right" })).toBeVisible();
}

test("the code and the kit that the doctor fills in are refused before the certificate is registered, and sign in after it", async ({ page }) => {
  test.setTimeout(180_000);
  if (!existsSync(PYTHON)) throw new Error(`${PYTHON} is missing: run .ci/python-clients.sh, or set THUMBPRINT_PYTHON`);
  const made = makeCertificate("/CN=snippets");
  const graph = await Graph.as("Mara Lindqvist");
  const { appId } = await graph.app(APP);
  await signIn(page, "Mara Lindqvist");
  await doctor(page, made, appId);
  const python = await copied(page, "Library", "Python", "the code for Python");
  const javascript = await copied(page, "Library", "JavaScript", "the code for JavaScript");
  const bash = await copied(page, "Library", "openssl and curl", "the code for openssl and curl");
  const kit = await copied(page, "Shell", "bash, openssl, curl", "the proof kit for bash");
  const unrun = [
    await copied(page, "Library", ".NET", "the code for .NET"),
    await copied(page, "Library", "Java", "the code for Java"),
    await copied(page, "Library", "Go", "the code for Go"),
    await copied(page, "Shell", "PowerShell", "the proof kit for PowerShell"),
  ];
  // This portal's cloud is the local tenant: no text sends anybody elsewhere.
  for (const text of [python, javascript, bash, kit, ...unrun]) {
    expect(text).toContain(appId);
    expect(text).toMatch(/https?:\/\/(localhost|127\.0\.0\.1):\d+/);
    expect(text).not.toMatch(/microsoftonline|graph\.microsoft\.com/);
  }

  const here = folder(made);
  const all = (): Promise<{ ok: boolean; said: string }[]> =>
    Promise.all([
      run(here, "sign_in.py", python, PYTHON),
      run(here, "sign-in.mjs", javascript, process.execPath),
      run(here, "sign-in.sh", bash, "bash"),
      run(here, "proof.sh", kit, "bash"),
    ]);
  for (const { said } of await all()) expect(said).toContain("AADSTS700027");

  const before = await graph.keys(APP);
  await graph.setKeys(APP, [...before.map((key) => ({ ...key, key: null })), { key: made.derBase64, type: "AsymmetricX509Cert", usage: "Verify" }]);
  const [py, js, sh, proof] = await all();
  expect(py).toEqual({ ok: true, said: "Signed in\n" });
  expect(js!.said).toMatch(/^Signed in until \d{4}-/);
  expect(JSON.parse(sh!.said)).toMatchObject({ token_type: "Bearer" });
  // The kit keeps the token to itself, and what it printed reads as a success.
  expect(proof!.said).toContain('"access_token":"(left out)"');
  expect(proof!.said).not.toContain("eyJ0");
  const { id } = await graph.app(APP);
  await page.goto(`/apps/${id}/proof`);
  await alive(page);
  await page.getByRole("radiogroup", { name: "Where the private key is" }).getByText("Copy and paste").click();
  await page.getByLabel("Its output").fill(proof!.said);
  await expect(page.getByText("Token issued: the certificate works")).toBeVisible();

  // With another certificate in its place, each program stops before it asks anybody.
  const other = folder(makeCertificate("/CN=another"));
  for (const { ok, said } of await Promise.all([
    run(other, "sign_in.py", python, PYTHON),
    run(other, "sign-in.mjs", javascript, process.execPath),
    run(other, "sign-in.sh", bash, "bash"),
  ])) {
    expect(ok).toBe(false);
    expect(said).toContain("not the registered certificate");
  }
});
