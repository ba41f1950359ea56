import { expect, type Locator, type Page } from "@playwright/test";

/** Signs in as a person of the demo company, through the tenant's account picker. */
export async function signIn(page: Page, name: string, path = "/"): Promise<void> {
  await page.goto(`/sign-in?return=${encodeURIComponent(path)}`);
  await page.getByRole("button", { name }).click();
  await expect(page).toHaveURL((url) => `${url.pathname}${url.search}` === path);
}

/** The page answers: the shell is there, and on a page with a worker, what stands between the two. */
export async function alive(page: Page): Promise<void> {
  await expect(page.locator("html[data-shell]")).toBeAttached({ timeout: 30_000 });
  if ((await page.locator("[data-tool]").count()) > 0) await expect(page.locator("html[data-host-ready]")).toBeAttached({ timeout: 30_000 });
}

/** Drops a file as a person drags it there: on the upload page, or where `onto` says. */
export async function drop(page: Page, name: string, content: Buffer, onto = ".drop"): Promise<void> {
  const transfer = await page.evaluateHandle(
    ({ name, bytes }) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], name));
      return data;
    },
    { name, bytes: [...content] },
  );
  const zone = page.locator(onto);
  await zone.dispatchEvent("dragover", { dataTransfer: transfer });
  await zone.dispatchEvent("drop", { dataTransfer: transfer });
}

/** From the upload page to the certificate's own page. */
export async function upload(page: Page, name: string, content: Buffer): Promise<void> {
  await page.goto("/certificates/new");
  await alive(page);
  await drop(page, name, content);
  await page.getByRole("button", { name: "Continue with this certificate" }).click();
  await expect(page).toHaveURL(/\/certificates\/[0-9a-f]{64}/);
}

/** Finds an app on the choosing page and ticks it. */
export async function choose(page: Page, app: string): Promise<void> {
  await page.getByLabel("Search apps").fill(app);
  await page.getByRole("button", { name: "Search", exact: true }).click();
  const tick = page.getByRole("table").getByRole("checkbox", { name: new RegExp(`^${app} `) });
  await tick.check();
  await expect(tick).toBeChecked();
  await expect(page).toHaveURL(/app%5B%5D=/);
}

/** The part of a preview or receipt that is about one app. */
export function about(page: Page, app: string): Locator {
  return page.locator("details.change", { has: page.getByRole("heading", { name: app, exact: true }) });
}

/**
 * Writes down what matches `pattern` whenever it changes, and when, in milliseconds: who only looks now and then misses what
 * is shown for a second.
 */
export async function shown(page: Page, pattern: RegExp): Promise<() => Promise<{ text: string; at: number }[]>> {
  const seen = await page.evaluateHandle((pattern) => {
    const seen: { text: string; at: number }[] = [];
    const look = (): void => {
      const text = pattern.exec(document.body.textContent ?? "")?.[0];
      if (text !== undefined && text !== seen.at(-1)?.text) seen.push({ text, at: performance.now() });
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    return seen;
  }, pattern);
  return () => seen.jsonValue();
}

/** What a block of JSON on a page says, as text. */
export async function jsonIn(scope: Locator | Page, label: string): Promise<unknown> {
  return JSON.parse((await scope.getByRole("region", { name: label }).textContent()) ?? "");
}
