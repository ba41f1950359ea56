// The main path in the browsers that Playwright does not drive as they are installed: Firefox by geckodriver, and WebKit by
// WebKitGTK's driver. A PFX is opened by the worker there, too. `make other-browsers`.
import { expect, test } from "@playwright/test";
import { Graph } from "../tests/support/graph";
import { demo } from "../tests/support/demo";
import { makeCertificate, makePfx } from "../tests/support/openssl";
import { withTls } from "./https";
import { Driver } from "./webdriver";

const PASSWORD = "correct-horse-battery-staple";

/** From the certificate page to the receipt. `portal`: where the browser has signed in. */
async function push(browser: Driver, portal: string, name: string, app: string): Promise<void> {
  const made = makeCertificate(`/CN=by-${name}`);
  await browser.sees("Drop certificates here");
  expect(await browser.url()).toBe(`${portal}/certificates/new`);
  await browser.until("the page to answer", () => browser.run("return 'hostReady' in document.documentElement.dataset"));
  await browser.type("//input[@type='file']", makePfx(made, PASSWORD));
  await browser.type("//dialog//input[@type='password']", PASSWORD);
  await browser.press("Open");
  await browser.sees("The private key stayed in this browser");
  await browser.press("Continue with this certificate");
  await browser.press("Choose apps");
  await browser.type("//input[@name='q']", app);
  await browser.click("//form[@data-picker]//button[normalize-space(.)='Search']");
  await browser.click(`//tr[contains(., '${app}')]//input[@type='checkbox']`);
  await browser.sees("1 app chosen");
  await browser.press("Preview");
  await browser.press("Push to 1 app");
  await browser.sees("Verified on 1 app");
  expect(await browser.url()).toContain("/receipts/");
  const keys = await (await Graph.as("Mara Lindqvist")).keys(app);
  expect(keys.at(-1)!.key).toBe(made.derBase64);
}

test("Firefox: sign in, open a PFX, preview, push", async () => {
  const { portal } = demo();
  const browser = await Driver.start(process.env.GECKODRIVER ?? "geckodriver", 4444, {
    browserName: "firefox",
    "moz:firefoxOptions": { binary: process.env.FIREFOX, args: ["-headless"] },
  });
  try {
    await browser.open(`${portal}/sign-in?return=/certificates/new`);
    await browser.press("Mara Lindqvist");
    await push(browser, portal, "firefox", "vault-rotator");
  } finally {
    await browser.stop();
  }
});

test("WebKit: sign in, open a PFX, preview, push", async () => {
  const { portal } = demo();
  const tls = await withTls(portal);
  const browser = await Driver.start("WebKitWebDriver", 4445, {
    browserName: "MiniBrowser",
    acceptInsecureCerts: true,
    "webkitgtk:browserOptions": { binary: process.env.MINIBROWSER, args: ["--automation"] },
  });
  try {
    await browser.open(`${tls.url}/sign-in?return=/certificates/new`);
    await browser.press("Mara Lindqvist");
    // The tenant leads back to the address that the portal is registered with, where this browser has no cookie of it.
    await browser.sees("Your browser did not send the portal's cookie");
    await browser.open((await browser.url()).replace(portal, tls.url));
    await push(browser, tls.url, "webkit", "service-desk-sso");
  } finally {
    await browser.stop();
    tls.close();
  }
});
