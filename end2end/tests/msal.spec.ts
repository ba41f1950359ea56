import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@playwright/test";
import { demo } from "./support/demo";
import { Graph } from "./support/graph";
import { makeCertificate, type OpensslCertificate } from "./support/openssl";
import { choose, signIn, upload } from "./support/portal";

const APP = "metrics-scraper";
const PYTHON = process.env.THUMBPRINT_PYTHON ?? join(__dirname, "../../.tools/python/bin/python");

interface Answer {
  access_token?: string;
  token_type?: string;
  error?: string;
  error_codes?: number[];
  error_description?: string;
}

/** What Microsoft's MSAL for Python, unmodified, gets for this app with this certificate; over https. */
async function msal(clientId: string, made: OpensslCertificate): Promise<Answer> {
  if (!existsSync(PYTHON)) throw new Error(`${PYTHON} is missing: run .ci/python-clients.sh, or set THUMBPRINT_PYTHON`);
  const { tenant_https, tenant_id, ca_file } = demo();
  const { stdout } = await promisify(execFile)(
    PYTHON,
    [join(__dirname, "support/msal_token.py"), `${tenant_https}/${tenant_id}`, clientId, made.key, made.certificate],
    { env: { ...process.env, REQUESTS_CA_BUNDLE: ca_file, NO_PROXY: "localhost,127.0.0.1" }, timeout: 30_000 },
  );
  return JSON.parse(stdout) as Answer;
}

test("Microsoft's own library is refused before the push and served after it", async ({ page }) => {
  const made = makeCertificate("/CN=metrics-2027");
  const graph = await Graph.as("Mara Lindqvist");
  const { appId } = await graph.app(APP);

  const refused = await msal(appId, made);
  expect(refused.error).toBe("invalid_client");
  expect(refused.error_codes).toEqual([700027]);
  expect(refused.error_description).toContain(`[Reason - The key was not found., Thumbprint of key used by client: '${made.sha256}'`);
  expect(refused.access_token).toBeUndefined();

  await signIn(page, "Mara Lindqvist");
  await upload(page, "certificate.pem", readFileSync(made.certificate));
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  await choose(page, APP);
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByRole("button", { name: "Push to 1 app" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Verified on 1 app" })).toBeVisible({ timeout: 30_000 });

  const served = await msal(appId, made);
  expect(served.error).toBeUndefined();
  expect(served.token_type).toBe("Bearer");
  const claims = JSON.parse(Buffer.from(served.access_token!.split(".")[1]!, "base64url").toString()) as Record<string, unknown>;
  expect(claims).toMatchObject({ appid: appId, appidacr: "2", aud: "https://graph.microsoft.com" });
});
