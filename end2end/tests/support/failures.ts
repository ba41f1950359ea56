import { appendFileSync } from "node:fs";
import { relative } from "node:path";
import type { Reporter, TestCase, TestResult } from "@playwright/test/reporter";

/** Writes a line for each test that fails into the file $FAILURES: where, which, and why. Long logs are often cut, and their
 * last lines are what is kept. */
export default class Failures implements Reporter {
  onTestEnd(test: TestCase, result: TestResult): void {
    const file = process.env.FAILURES;
    if (!file || result.status === test.expectedStatus || result.status === "skipped") return;
    const error = result.error;
    // Without colours, and in one line.
    const why = (error?.message ?? result.status).replaceAll(/\u001b\[[\d;]*m/g, "").replaceAll(/\s+/g, " ").slice(0, 400);
    const at = error?.location ?? test.location;
    const tried = result.retry > 0 ? "again " : "";
    appendFileSync(file, `${relative(process.cwd(), at.file)}:${at.line} “${test.title}” failed ${tried}after ${Math.round(result.duration / 1000)} s: ${why}\n`);
  }
}
