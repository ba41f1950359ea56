// A smoke of `make lighthouse`: one page, one run. What the clock says on a busy machine is printed alone.
import { expect, test } from "@playwright/test";
import { Lighthouse } from "./support/lighthouse";
import { signIn } from "./support/portal";

test("Lighthouse finds nothing to say of accessibility and best practices", async ({ page, launchOptions }) => {
  await signIn(page, "Mara Lindqvist", "/apps");
  const lighthouse = await Lighthouse.start(page.context(), 9315, launchOptions);
  try {
    const { scores, faults } = await lighthouse.look(page.url(), "desktop");
    console.log(`Lighthouse, apps, desktop: performance ${scores.performance}`);
    expect(scores, faults.join("\n")).toMatchObject({ accessibility: 100, "best-practices": 100 });
  } finally {
    await lighthouse.close();
  }
});
