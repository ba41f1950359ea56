import axe from "axe-core";
import { readFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import { assertion, tokenAnswer } from "./support/assertion";
import { Graph } from "./support/graph";
import { makeCertificate } from "./support/openssl";
import { alive, choose, drop, signIn, upload } from "./support/portal";

/**
 * How each page is looked at, without loading it again. Only what is about colours can differ between themes; and between a wide and
 * a very wide window, which have the same elements, only what is about places as well.
 */
const LOOKS = [
  { name: "1440-light", width: 1440, height: 900, colorScheme: "light", forcedColors: "none", rules: "allAndSizes" },
  { name: "1440-dark", width: 1440, height: 900, colorScheme: "dark", forcedColors: "none", rules: "colours" },
  { name: "390-dark", width: 390, height: 844, colorScheme: "dark", forcedColors: "none", rules: "all" },
  { name: "390-light", width: 390, height: 844, colorScheme: "light", forcedColors: "none", rules: "colours" },
  { name: "390-forced", width: 390, height: 844, colorScheme: "dark", forcedColors: "active", rules: "colours" },
  { name: "2560-dark", width: 2560, height: 1440, colorScheme: "dark", forcedColors: "none", rules: "places" },
] as const;
const COLOURS = ["color-contrast", "link-in-text-block"];
/** WCAG 2.5.8 is off where it is not asked for. On a phone, what an open menu half covers would count as small. */
const RULES = {
  all: {},
  allAndSizes: { rules: { "target-size": { enabled: true } } },
  colours: { runOnly: COLOURS },
  places: { runOnly: [...COLOURS, "scrollable-region-focusable", "target-size"] },
} satisfies Record<string, axe.RunOptions>;
/** Words that were there once, and that nobody understood. */
const OBSCURE = /\b(Pace|Push by a table|Not well|Worth a look|as wanted already|of late|ticked)\b/;

/** One address for every kind of page, made by walking the path once; and what is to be done there first. */
type Stop = [name: string, path: string, act?: (page: Page) => Promise<void>];

async function everyPage(page: Page): Promise<Stop[]> {
  const made = makeCertificate("/CN=looks-2027", { days: 20 });
  await signIn(page, "Mara Lindqvist");
  await upload(page, "certificate.pem", readFileSync(made.certificate));
  const certificate = new URL(page.url()).pathname;
  await page.getByRole("link", { name: "Choose apps" }).first().click();
  await choose(page, "backup-orchestrator");
  const chooser = new URL(page.url());
  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Preview" })).toBeVisible();
  const plan = new URL(page.url()).pathname;
  await page.getByRole("button", { name: "Push to 1 app" }).click();
  await expect(page.getByRole("heading", { level: 1, name: /Verified/ })).toBeVisible({ timeout: 30_000 });
  const receipt = new URL(page.url()).pathname;
  const graph = await Graph.as("Mara Lindqvist");
  const trusted = await graph.app("customer-portal");
  const bare = await graph.app("fabric-workspace-agent");
  const pushed = await graph.app("backup-orchestrator");
  const error = await tokenAnswer(trusted.appId, assertion(made, trusted.appId));
  const taken = await graph.app("tax-reporting");
  const holder = await graph.app("payslip-mailer");
  const secret = await graph.addSecret("payslip-mailer", "looks");
  const asked = await page.request.post("/api/ask-removal", {
    form: { app: holder.id, key_id: secret, reason: "it has its certificate since Monday" },
    headers: { "sec-fetch-site": "same-origin" },
  });
  expect(new URL(asked.url()).pathname).toMatch(/^\/requests\//);
  await page.goto(`/apps/${pushed.id}/history`);
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.getByRole("heading", { name: "Go back to the older state" })).toBeVisible();
  const compared = new URL(page.url());
  await page.goto(`/apps/${taken.id}`);
  await alive(page);
  await page.getByRole("checkbox", { name: /^Choose / }).first().check();
  await page.getByRole("button", { name: "Remove the selected" }).click();
  await expect(page.getByLabel(/^Type/)).toBeVisible();
  const removal = new URL(page.url()).pathname;
  return [
    ["overview", "/"],
    ["palette", "/", async (page) => {
      await page.keyboard.press("Control+k");
      await page.keyboard.type("payroll");
      await expect(page.getByRole("option").first()).toBeVisible();
    }],
    ["shortcuts", "/", async (page) => {
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog")).toBeVisible();
    }],
    ["menu of a phone", "/", async (page) => {
      await page.setViewportSize({ width: 390, height: 844 });
      await page.getByRole("button", { name: "Menu" }).click();
    }],
    ["account menu", "/", (page) => page.locator("summary", { hasText: "Account of" }).click()],
    ["upload", "/certificates/new"],
    ["upload, read", "/certificates/new", async (page) => {
      await drop(page, "certificate.pem", Buffer.from(made.pem));
      await expect(page.getByRole("button", { name: "Continue with this certificate" })).toBeVisible();
    }],
    ["make a certificate", "/certificates/make"],
    ["certificate", certificate],
    ["choose apps", chooser.pathname + chooser.search],
    ["preview", plan],
    ["removal", removal],
    ["receipt", receipt],
    ["receipt to print", `${receipt}/print`],
    ["receipt of one app", `${receipt}/apps/${pushed.id}`],
    ["apps", "/apps"],
    ["no match", "/apps?q=nothing-is-called-so"],
    ["inventory", "/inventory"],
    ["inventory, objects", "/inventory?view=objects&q=needs%3Aonly-secrets"],
    ["inventory, selected", "/inventory?view=objects&page=1", (page) => page.getByRole("checkbox", { name: /^Select / }).first().check()],
    ["inventory, by owner", "/inventory?view=objects&group=owner"],
    ["selection", "/inventory/selection?q=kind%3Acertificate&all=on"],
    ["charts", "/inventory/charts"],
    ["last use", "/inventory/last-use"],
    ["inventory, no match", "/inventory?q=nothing-is-called-so"],
    ["object", `/inventory/application/${trusted.id}`],
    ["app", `/apps/${trusted.id}`],
    ["app without certificates", `/apps/${bare.id}`],
    ["app with secrets", `/apps/${holder.id}`],
    ["secret", `/apps/${holder.id}/secrets/${secret}`],
    ["history", `/apps/${trusted.id}/history`],
    ["history compared", compared.pathname + compared.search],
    ["copy", `/apps/${trusted.id}/copy`],
    ["table", "/table"],
    ["retirements", "/retirements"],
    ["notices", "/settings/notices", async (page) => {
      await page.locator("summary", { hasText: "Add a channel" }).click();
    }],
    ["rules", "/settings/rules", async (page) => {
      await page.locator("summary", { hasText: "Add a rule" }).click();
    }],
    ["own notices", "/notices", async (page) => {
      await page.locator("summary", { hasText: "Acknowledge" }).first().click();
    }],
    ["calendar's address", "/notices", async (page) => {
      await page.getByRole("button", { name: "Make an address" }).or(page.getByRole("button", { name: "Make a new address" })).click();
      await expect(page.getByLabel("Address", { exact: true })).toBeVisible();
    }],
    ["requests", "/requests"],
    ["request for a secret", new URL(asked.url()).pathname],
    ["audit", "/audit"],
    ["search", "/search?q=payroll"],
    ["doctor", "/doctor"],
    ["verdict", "/doctor", async (page) => {
      await page.getByLabel(/^Paste the error/).fill(`${error}\n${assertion(made, trusted.appId, made.sha1)}`);
      await drop(page, "certificate.cer", Buffer.from(made.pem), ".paste");
      await expect(page.getByRole("region", { name: "Most likely cause" })).toBeVisible();
      await expect(page.getByText("Its keyCredentials")).toBeVisible();
    }],
    ["proof", `/apps/${trusted.id}/proof`],
    ["proof, with a key", `/apps/${trusted.id}/proof`, async (page) => {
      await drop(page, "both.pem", Buffer.from(made.pem + readFileSync(made.key, "utf8")), ".drop--small");
      await expect(page.getByRole("button", { name: "Register it on this app" })).toBeVisible();
    }],
    ["made", "/certificates/make", async (page) => {
      await page.getByLabel("Common name").fill("looks");
      await page.getByRole("button", { name: "Make it in this browser" }).click();
      await expect(page.getByRole("button", { name: "Save as PFX" })).toBeVisible({ timeout: 30_000 });
    }],
    ["request made", "/certificates/make", async (page) => {
      await page.getByRole("radio", { name: /^Signing request/ }).check();
      await page.getByLabel("Common name").fill("looks");
      await page.getByRole("button", { name: "Make it in this browser" }).click();
      await expect(page.getByRole("button", { name: "Save the request" })).toBeVisible({ timeout: 30_000 });
    }],
    ["nobody holds it", `/search?q=${"0".repeat(40)}`],
    ["vaults", "/vaults"],
    ["vault", "/vaults?vault=contoso-apps"],
    ["runbook", "/runbook"],
    ["runbook page", "/runbook/not-registered"],
    ["preferences", "/preferences"],
    ["sessions", "/sessions"],
    ["about", "/about"],
    ["not found", "/no/such/page"],
  ];
}

async function look(page: Page, name: string, looks: readonly (typeof LOOKS)[number][] = LOOKS): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
  expect(await page.title()).toMatch(/Thumbprint$/);
  expect.soft(await page.locator("body").innerText(), name).not.toMatch(OBSCURE);
  await page.evaluate(axe.source);
  for (const { name: how, width, height, rules, ...media } of looks) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ ...media, reducedMotion: "reduce" });
    // Colours change by transitions, which are short but there.
    const changing = () => document.getAnimations().filter((it) => it instanceof CSSTransition && it.playState === "running").length;
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    await expect.poll(() => page.evaluate(changing), `${name}, ${how}: transitions`).toBe(0);
    const found = await page.evaluate(async (only) => {
      const { axe } = window as unknown as { axe: typeof import("axe-core") };
      const { violations, passes } = await axe.run({ resultTypes: ["violations"], ...only });
      return {
        violations: violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.target.join(" ")).join(", ")}`),
        looked: passes.length,
      };
    }, RULES[rules]);
    expect.soft(found.violations, `${name}, ${how}`).toEqual([]);
    expect(found.looked, "axe looked at something").toBeGreaterThan(0);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect.soft(overflow, `${name}, ${how}: the page scrolls sideways`).toBeLessThanOrEqual(0);
    if (process.env.SCREENSHOTS) {
      await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name.replaceAll(/[ ,]+/g, "-")}-${how}.png`, fullPage: true });
    }
  }
}

/** What the browser's console has to say, and what nobody caught. */
function noiseOf(page: Page): string[] {
  const noise: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) noise.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => noise.push(`${page.url()}: ${error.message}`));
  return noise;
}

test("every page is accessible, fits and is quiet, in both themes and forced colours, wide and narrow", async ({ page }) => {
  test.setTimeout(1_200_000);
  const noise = noiseOf(page);
  for (const [name, path, act] of await everyPage(page)) {
    await test.step(name, async () => {
      await page.goto(path);
      await alive(page);
      await act?.(page);
      await look(page, name);
    });
  }
  // A page that is not there answers 404, which Chromium reports; nothing else may be said.
  expect(noise.filter((line) => !line.includes("/no/such/page"))).toEqual([]);
});

test("so is what those see who may do less", async ({ browser }) => {
  const graph = await Graph.as("Mara Lindqvist");
  const { id } = await graph.app("badge-access");
  for (const [person, paths] of [
    ["Priya Raman", ["/", "/certificates/new", "/audit", `/apps/${id}`]],
    ["Sofia Marchetti", ["/", "/apps", "/inventory", `/apps/${id}`]],
    ["Daniel Novak", ["/"]],
  ] as const) {
    const page = await (await browser.newContext()).newPage();
    const noise = noiseOf(page);
    await signIn(page, person);
    for (const path of paths) {
      await page.goto(path);
      await alive(page);
      await look(page, `${person.split(" ")[0]}${path.replaceAll("/", "-").slice(0, 20)}`, [LOOKS[0], LOOKS[2]]);
    }
    expect(noise.filter((line) => !line.includes("403"))).toEqual([]);
    await page.context().close();
  }
});

test("signed-out pages are accessible too", async ({ page }) => {
  for (const path of ["/", "/apps", "/signed-out"]) {
    await page.goto(path);
    await alive(page);
    await look(page, `signed-out${path.replaceAll("/", "-")}`);
  }
});
