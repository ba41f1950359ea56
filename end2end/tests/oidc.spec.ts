import { randomBytes, randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { makeCertificate, type OpensslCertificate } from "./support/openssl";
import { BINARY, freePort, start, stopAll } from "./support/processes";

// The portal against an OpenID provider that knows nothing of Entra or of us: npm's oidc-provider. It insists on PKCE
// and on private_key_jwt, checks the assertion with the key of the portal's certificate, and signs the ID token.

interface Observed {
  requests: { challenge?: string; nonce: boolean; state: boolean }[];
  grants: { grant: string; method: string; alg: string }[];
  refused: string[];
}

/** A provider that knows `registered`, and a portal that proves itself with `own`. */
async function world(registered: OpensslCertificate, own: OpensslCertificate) {
  const [providerPort, portalPort] = [await freePort(), await freePort()];
  const [tenant, client] = [randomUUID(), randomUUID()];
  const [provider, portal] = [`http://127.0.0.1:${providerPort}`, `http://127.0.0.1:${portalPort}`];
  const script = join(__dirname, "support/oidc_provider.mjs");
  const idp = start(process.execPath, [script, String(providerPort), tenant, client, portal, registered.certificate]);
  await expect.poll(idp.said, { timeout: 30_000 }).toContain("ready");

  const config = join(own.folder, "thumbprint.toml");
  writeFileSync(
    config,
    `public_url = "${portal}"
listen = "127.0.0.1:${portalPort}"
database = "${join(own.folder, "portal.sqlite")}"
token_key = "${randomBytes(32).toString("base64")}"
[entra]
tenant_id = "${tenant}"
client_id = "${client}"
certificate = "${own.certificate}"
private_key = "${own.key}"
cloud = "custom"
[entra.custom]
name = "oidc-provider"
authority = "${provider}"
graph_root = "${provider}"
`,
  );
  const served = start(BINARY, ["serve", "--config", config]);
  await expect
    .poll(async () => (await fetch(`${portal}/health/live`).catch(() => undefined))?.status, { message: served.said(), timeout: 30_000 })
    .toBe(200);
  const observed = async () => (await (await fetch(`${provider}/observed`)).json()) as Observed;
  return { portal, provider, observed };
}

/** On the provider's own pages. */
async function signIn(page: Page, portal: string, login: string): Promise<void> {
  await page.goto(`${portal}/sign-in?return=/audit`);
  await page.getByPlaceholder("Enter any login").fill(login);
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

test.afterEach(stopAll);

test("a person signs in through a provider which we did not write", async ({ page }) => {
  const certificate = makeCertificate("/CN=portal");
  const { portal, provider, observed } = await world(certificate, certificate);
  await signIn(page, portal, "ida");
  await expect(page).toHaveURL(`${portal}/audit`);
  await page.locator("summary", { hasText: "Account of Ida Strand" }).click();
  await expect(page.getByText("ida@example.com")).toBeVisible();
  const seen = await observed();
  expect(seen.requests).toContainEqual({ challenge: "S256", nonce: true, state: true });
  expect(seen.grants).toEqual([{ grant: "authorization_code", method: "private_key_jwt", alg: "PS256" }]);
  expect(seen.refused).toEqual([]);

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(new RegExp(`^${provider}/`));
  await page.goto(`${portal}/audit`);
  await expect(page.getByRole("heading", { level: 1, name: "Sign in to continue" })).toBeVisible();
});

test("with another certificate than the registered one nobody is signed in", async ({ page }) => {
  const { portal, observed } = await world(makeCertificate("/CN=registered"), makeCertificate("/CN=another"));
  await signIn(page, portal, "ida");
  await expect(page.getByRole("heading", { level: 1, name: "Microsoft Entra did not accept this portal" })).toBeVisible();
  const seen = await observed();
  expect(seen.refused).toEqual(["invalid_client"]);
  expect(seen.grants).toEqual([]);
});

test("somebody of another tenant is not signed in", async ({ page }) => {
  const certificate = makeCertificate("/CN=portal");
  const { portal, observed } = await world(certificate, certificate);
  await signIn(page, portal, "stranger");
  await expect(page.getByRole("heading", { level: 1, name: "The sign-in could not be verified" })).toBeVisible();
  expect((await observed()).grants).toHaveLength(1);
  await page.goto(`${portal}/audit`);
  await expect(page.getByRole("heading", { level: 1, name: "Sign in to continue" })).toBeVisible();
});
