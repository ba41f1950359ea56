import { writeFileSync } from "node:fs";
import { expect, test, type Browser, type BrowserContext, type Page } from "@playwright/test";
import { results } from "../tests/support/demo";
import { Graph } from "../tests/support/graph";
import { makeCertificate } from "../tests/support/openssl";
import { alive as answers, drop, signIn } from "../tests/support/portal";

/** A slow line, as Lighthouse has it for phones: bytes in a second, and milliseconds for the way there and back. */
const LINE = { downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8, latency: 150 };
/** Times are of the middle run. */
const RUNS = 3;
/** Bytes of a first load at most, HTML and icons apart. */
const GOAL = { reading: 40_000, tool: 300_000 };

/** Bytes on the wire, headers included, by what they are. */
interface Bytes {
  html: number;
  css: number;
  shell: number;
  worker: number;
  icons: number;
}

function kind(url: string): keyof Bytes {
  const name = new URL(url).pathname;
  if (!name.startsWith("/pkg/")) return "html";
  if (name.endsWith(".css")) return "css";
  if (name.startsWith("/pkg/worker-")) return "worker";
  return name.startsWith("/pkg/thumbprint.") ? "shell" : "icons";
}

function count(page: Page): () => Promise<Bytes> {
  const sizes: Promise<[keyof Bytes, number]>[] = [];
  page.on("requestfinished", (request) => {
    sizes.push(request.sizes().then((size) => [kind(request.url()), size.responseBodySize + size.responseHeadersSize]));
  });
  return async () => {
    const bytes: Bytes = { html: 0, css: 0, shell: 0, worker: 0, icons: 0 };
    for (const [of, size] of await Promise.all(sizes)) bytes[of] += size;
    return bytes;
  };
}

/** A browser that has signed in, and has nothing of the portal's files. */
async function cold(browser: Browser, state: Awaited<ReturnType<BrowserContext["storageState"]>>): Promise<Page> {
  const page = await (await browser.newContext({ storageState: state })).newPage();
  await page.addInitScript(() => {
    const look = (): void => {
      if (document.documentElement?.hasAttribute("data-shell")) performance.mark("alive");
    };
    new MutationObserver(look).observe(document, { attributes: true, attributeFilter: ["data-shell"], subtree: true });
  });
  return page;
}

const kb = (bytes: number): string => (bytes === 0 ? "–" : (bytes / 1000).toFixed(1));
const middle = (times: number[]): number => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)]!;

/** When the shell said that it answers, in milliseconds after the page was asked for. */
async function alive(page: Page): Promise<number> {
  await expect(page.locator("html[data-shell]")).toBeAttached({ timeout: 30_000 });
  return page.evaluate(() => performance.getEntriesByName("alive")[0]!.startTime);
}

test("what a first page costs", async ({ page, browser }) => {
  await signIn(page, "Mara Lindqvist");
  const app = await (await Graph.as("Mara Lindqvist")).app("customer-portal");
  const state = await page.context().storageState();
  const pages: [string, string, tool: boolean][] = [
    ["overview", "/", false],
    ["apps", "/apps", false],
    ["app", `/apps/${app.id}`, false],
    ["upload", "/certificates/new", true],
    ["make", "/certificates/make", true],
    ["proof", `/apps/${app.id}/proof`, true],
    ["doctor", "/doctor", true],
  ];
  const rows: string[] = [];
  for (const [name, path, tool] of pages) {
    const first = await cold(browser, state);
    const bytes = count(first);
    // It comes when the page is idle: perhaps before the shell has said that it answers.
    const fetched = tool && first.waitForEvent("requestfinished", (request) => /\/worker-[^/]*\.wasm$/.test(new URL(request.url()).pathname));
    await first.goto(path);
    await alive(first);
    // Its script comes after the module.
    if (await fetched) await expect.poll(() => first.workers().length).toBe(1);
    const { html, css, shell, worker, icons } = await bytes();
    expect.soft(css + shell + worker, `${name}, bytes`).toBeLessThanOrEqual(tool ? GOAL.tool : GOAL.reading);
    const second = count(first);
    await first.goto("/audit");
    await alive(first);
    const again = await second();
    expect(again.css + again.shell, "the second page has them").toBe(0);
    await first.context().close();

    const times: number[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const slow = await cold(browser, state);
      const session = await slow.context().newCDPSession(slow);
      await session.send("Network.enable");
      await session.send("Network.emulateNetworkConditions", { offline: false, ...LINE });
      await slow.goto(path, { waitUntil: "commit" });
      times.push(await alive(slow));
      await slow.context().close();
    }
    rows.push(`| ${name} | ${[css, shell, worker, css + shell + worker, html, icons].map(kb).join(" | ")} | ${(middle(times) / 1000).toFixed(1)} |`);
    console.log(rows.at(-1));
  }
  const table = ["| page | CSS | shell | worker | sum | HTML | icons | alive, s |", "|---|---|---|---|---|---|---|---|", ...rows].join("\n");
  console.log(`\n${table}\n`);
  writeFileSync(`${results}/first-load.md`, `${table}\n`);
});

test("what is fetched further: by the doctor for a certificate, on a proof for what a script has said", async ({ page }) => {
  await signIn(page, "Mara Lindqvist", "/doctor");
  await answers(page);
  await expect.poll(() => page.workers().length).toBe(1);
  const more = count(page);
  await drop(page, "certificate.cer", Buffer.from(makeCertificate("/CN=further").pem), ".paste");
  await expect(page.locator("[data-tool-answer=dropped]")).toContainText("further");
  const certificate = await more();

  const { id } = await (await Graph.as("Mara Lindqvist")).app("customer-portal");
  const other = await page.context().browser()!.newContext({ storageState: await page.context().storageState() });
  const proof = await other.newPage();
  await proof.goto(`/apps/${id}/proof`);
  await answers(proof);
  await expect.poll(() => proof.workers().length).toBe(1);
  const said = count(proof);
  await proof.getByRole("radiogroup", { name: "Where the private key is" }).getByText("Copy and paste").click();
  await proof.getByLabel("Its output").fill("AADSTS700027: it is not registered on application. [Reason - The key was not found.]");
  await expect(proof.getByRole("region", { name: "Most likely cause" })).toBeVisible();
  const script = await said();
  await other.close();

  for (const { css, shell } of [certificate, script]) expect(css + shell, "nothing but a worker").toBe(0);
  console.log(`the doctor, then a certificate or a file: ${kb(certificate.worker)}; a proof, then what a script has said: ${kb(script.worker)}`);
});
