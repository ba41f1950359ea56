// Names are other people's text: however long, and whatever is in them.
import { expect, test } from "@playwright/test";
import { Graph } from "./support/graph";
import { signIn } from "./support/portal";

test("a name of 256 characters without a blank pushes no column off the page", async ({ page }) => {
  const graph = await Graph.as("Mara Lindqvist");
  const { id } = await graph.app("payroll-batch");
  await signIn(page, "Mara Lindqvist");
  for (const path of ["/apps?scope=all&q=payroll-", `/apps/${id}`]) {
    await page.goto(path);
    // As if Graph had it: every text that is the name, or begins with it.
    const changed = await page.evaluate(() => {
      const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      let count = 0;
      for (let text = walk.nextNode(); text; text = walk.nextNode()) {
        if (!/payroll-/.test(text.nodeValue ?? "") || (text.nodeValue ?? "").length > 60) continue;
        text.nodeValue = "payroll".repeat(37).slice(0, 256);
        count += 1;
      }
      return count;
    });
    expect(changed, path).toBeGreaterThan(0);
    for (const width of [360, 768, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect.soft(overflow, `${path} at ${width}`).toBeLessThanOrEqual(0);
    }
  }
});
