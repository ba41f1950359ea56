import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { BINARY, start, stopAll } from "./support/processes";

// Microsoft's library for pages, unmodified, in a page of a third party, at Microsoft's own host names: the local tenant
// stands behind a proxy, as `thumbprint tenant --as-microsoft` says how to set it.

const LIBRARY = readFileSync(join(__dirname, "../node_modules/@azure/msal-browser/lib/msal-browser.min.js"));
const CLIENT = "11111111-2222-4333-8444-555555555555";
const ADA = "ada@fabrikam.onmicrosoft.com";

/** What the page does: it signs in by redirect, and then asks for tokens without anybody's doing, and Graph with them. */
const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page of somebody's</title>
<button id="in">Sign in</button> <button id="out">Sign out</button><output id="said">{}</output>
<script src="/msal-browser.js"></script>
<script>
const say = (what) => (document.getElementById("said").textContent = JSON.stringify(what));
(async () => {
  const client = new msal.PublicClientApplication({
    auth: { clientId: "${CLIENT}", authority: "https://login.microsoftonline.com/fabrikam.onmicrosoft.com", redirectUri: location.origin + "/" },
    cache: { cacheLocation: "localStorage" },
  });
  await client.initialize();
  await client.handleRedirectPromise();
  const [account] = client.getAllAccounts();
  document.getElementById("in").onclick = () => client.loginRedirect({ scopes: ["User.Read"] });
  document.getElementById("out").onclick = () => client.logoutRedirect({ account, postLogoutRedirectUri: location.origin + "/" });
  if (!account) return say({ account: null });
  const silent = (forceRefresh) => client.acquireTokenSilent({ account, scopes: ["User.Read"], forceRefresh });
  const [kept, fresh] = [await silent(false), await silent(true)];
  const me = await fetch("https://graph.microsoft.com/v1.0/me", { headers: { authorization: "Bearer " + fresh.accessToken } });
  say({ account: account.username, tenant: account.tenantId, kept: kept.fromCache, fresh: fresh.fromCache,
    renewed: kept.accessToken !== fresh.accessToken, scopes: fresh.scopes, me: (await me.json()).userPrincipalName });
})().catch((error) => say({ error: String(error) }));
</script></html>`;

let folder: string;
let site: Server;

test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "msal-browser-"));
});

test.afterEach(async () => {
  await stopAll();
  site.close();
  rmSync(folder, { recursive: true });
});

/** A tenant under Microsoft's names; its proxy. */
async function asMicrosoft(): Promise<string> {
  const seed = join(folder, "seed.json");
  writeFileSync(
    seed,
    JSON.stringify({
      tenant: { display_name: "Fabrikam", domain: "fabrikam.onmicrosoft.com" },
      people: [{ user_principal_name: ADA, display_name: "Ada Berg" }],
      applications: [{ display_name: "a page", app_id: CLIENT, spa_redirect_uris: ["http://localhost/"] }],
    }),
  );
  const tenant = start(BINARY, ["tenant", "--as-microsoft", "--port", "0", "--seed", seed]);
  await expect.poll(tenant.said, { timeout: 30_000 }).toContain("Stop with Ctrl-C");
  return /HTTPS_PROXY='([^']+)'/.exec(tenant.said())![1]!;
}

test("msal-browser signs in by redirect and renews its tokens by itself", async ({ browser }) => {
  const proxy = await asMicrosoft();
  site = createServer((request, answer) => {
    const [type, body] = request.url === "/msal-browser.js" ? ["text/javascript", LIBRARY] : ["text/html", PAGE];
    answer.writeHead(200, { "content-type": type }).end(body);
  }).listen(0, "127.0.0.1");
  await once(site, "listening");
  // The tenant's CA is nothing that a browser knows. The page is on this machine, and reached without the proxy.
  const context = await browser.newContext({ proxy: { server: proxy, bypass: "localhost" }, ignoreHTTPSErrors: true });
  const page = await context.newPage();
  const said = async () => JSON.parse((await page.locator("#said").textContent()) ?? "") as Record<string, unknown>;
  await page.goto(`http://localhost:${(site.address() as AddressInfo).port}/`);
  await expect.poll(said).toEqual({ account: null });

  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/^https:\/\/login\.microsoftonline\.com\/.*\/oauth2\/v2\.0\/authorize/);
  await page.getByRole("button", { name: "Ada Berg" }).click();
  await expect.poll(said).toMatchObject({ account: ADA, kept: true, fresh: false, renewed: true, me: ADA });
  expect((await said()).scopes).toContain("User.Read");

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect.poll(said).toEqual({ account: null });
  await context.close();
});
