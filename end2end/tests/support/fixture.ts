import type { Page } from "@playwright/test";
import { alive } from "./portal";

/** What the portal's own pages have in their head: the style and the shell, under today's names. */
async function head(page: Page): Promise<string> {
  const html = await (await page.request.get("/")).text();
  const style = /<link rel="stylesheet"[^>]*>/.exec(html)?.[0];
  const start = /<script type="module"[^>]*>([\s\S]*?)<\/script>/.exec(html)?.[1];
  if (!style || !start) throw new Error("the landing page does not load the shell: was the site built?");
  return `<title>Fixture</title>${style}<script type="module">${start}</script>`;
}

/** Serves `body` as a page of the portal's origin, with the shell; every time that the address is asked for. */
export async function serve(page: Page, path: string, body: string | ((url: URL) => string), attributes = ""): Promise<void> {
  const top = await head(page);
  await page.route(
    (url) => url.pathname === path,
    async (route) => {
      const url = new URL(route.request().url());
      const content = typeof body === "string" ? body : body(url);
      await route.fulfill({
        contentType: "text/html; charset=utf-8",
        body: `<!DOCTYPE html><html lang="en" ${attributes}><head>${top}</head><body><div id="live" role="status"></div>${content}</body></html>`,
      });
    },
  );
}

export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await alive(page);
}
