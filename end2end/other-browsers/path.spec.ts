// The main path in the browsers that Playwright does not drive as they are installed: Firefox by geckodriver, and WebKit by
// WebKitGTK's driver. A PFX is opened by the worker there, too. `make other-browsers`.
import { expect, test } from "@playwright/test";
import { Graph } from "../tests/support/graph";
import { demo } from "../tests/support/demo";
import { makeCertificate, makePfx } from "../tests/support/openssl";
import { Driver } from "./webdriver";

const PASSWORD = "correct-horse-battery-staple";
const BROWSERS = [
  {
    name: "Firefox",
    app: "vault-rotator",
    command: process.env.GECKODRIVER ?? "geckodriver",
    capabilities: { browserName: "firefox", "moz:firefoxOptions": { binary: process.env.FIREFOX, args: ["-headless"] } },
  },
  {
    name: "WebKit",
    app: "service-desk-sso",
    command: "WebKitWebDriver",
    capabilities: { browserName: "MiniBrowser", "webkitgtk:browserOptions": { binary: process.env.MINIBROWSER, args: ["--automation"] } },
  },
];

for (const [at, { name, app, command, capabilities }] of BROWSERS.entries()) {
  test(`${name}: sign in, open a PFX, preview, push`, async () => {
    const made = makeCertificate(`/CN=by-${name.toLowerCase()}`);
    const { portal } = demo();
    const browser = await Driver.start(command, 4444 + at, capabilities);
    try {
      await browser.open(`${portal}/sign-in?return=/certificates/new`);
      await browser.press("Mara Lindqvist");
      await browser.sees("Drop certificates here");
      await browser.until("the page to answer", () => browser.run("return 'hostReady' in document.documentElement.dataset"));
      await browser.type("//input[@type='file']", makePfx(made, PASSWORD));
      await browser.type("//dialog//input[@type='password']", PASSWORD);
      await browser.press("Open");
      await browser.sees("The private key stayed in this browser");
      await browser.press("Continue with this certificate");
      await browser.press("Choose apps");
      await browser.type("//input[@name='q']", `${app}\uE007`);
      await browser.click(`//tr[contains(., '${app}')]//input[@type='checkbox']`);
      await browser.sees("1 app chosen");
      await browser.press("Preview");
      await browser.press("Push to 1 app");
      await browser.sees("Verified on 1 app");
      expect(await browser.url()).toContain("/receipts/");
    } finally {
      await browser.stop();
    }
    const keys = await (await Graph.as("Mara Lindqvist")).keys(app);
    expect(keys.at(-1)!.key).toBe(made.derBase64);
  });
}
