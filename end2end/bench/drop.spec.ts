import { expect, test } from "@playwright/test";
import { makeCertificate } from "../tests/support/openssl";
import { alive, drop, signIn } from "../tests/support/portal";

const RUNS = 9;
/** Milliseconds. */
const MOST = 50;

test("from a dropped certificate to its facts, with the worker there", async ({ page }) => {
  const made = Array.from({ length: RUNS }, (_, run) => makeCertificate(`/CN=dropped-${run}`));
  await signIn(page, "Mara Lindqvist", "/certificates/new");
  await alive(page);
  await drop(page, "first.pem", Buffer.from(makeCertificate("/CN=dropped-first").pem));
  await expect(page.getByRole("heading", { name: "dropped-first" })).toBeVisible();
  const times: number[] = [];
  for (const [run, { pem }] of made.entries()) {
    times.push(
      await page.evaluate(
        ({ pem, name }) =>
          new Promise<number>((done) => {
            const data = new DataTransfer();
            data.items.add(new File([pem], "certificate.pem"));
            const zone = document.querySelector(".drop")!;
            let begun = 0;
            const look = new MutationObserver(() => {
              if (![...document.querySelectorAll("h2")].some((it) => it.textContent === name)) return;
              look.disconnect();
              // Until it is drawn.
              requestAnimationFrame(() => setTimeout(() => done(performance.now() - begun)));
            });
            look.observe(document.body, { subtree: true, childList: true });
            begun = performance.now();
            zone.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
          }),
        { pem, name: `dropped-${run}` },
      ),
    );
  }
  const middle = times.sort((a, b) => a - b)[Math.floor(RUNS / 2)]!;
  console.log(`\nFrom a dropped certificate to its facts: ${middle.toFixed(0)} ms in the middle of ${RUNS}, ${times.at(-1)!.toFixed(0)} ms at most\n`);
  expect(middle).toBeLessThan(MOST);
});
