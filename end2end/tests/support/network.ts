import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";

/** Every byte that the page sends, from now on. */
export function sent(page: Page): () => string {
  const parts: string[] = [];
  page.on("request", (request) => {
    parts.push(request.url(), JSON.stringify(request.headers()), request.postDataBuffer()?.toString("latin1") ?? "");
  });
  return () => parts.map((part) => `${part}\n${decodeURIComponent(part.replaceAll("+", " ").replaceAll(/%(?![0-9a-f]{2})/gi, "%25"))}`).join("\n");
}

/** Pieces of a private key that would give it away, in each form in which it could travel. */
export function traces(key: string): string[] {
  const der = execFileSync("openssl", ["pkey", "-in", key, "-outform", "der"]);
  const pem = readFileSync(key, "utf8").split("\n").filter((line) => line && !line.startsWith("-----"));
  const exponents = execFileSync("openssl", ["rsa", "-in", key, "-noout", "-text"], { encoding: "utf8" });
  const prime = /prime1:\n([\s0-9a-f:]+)\n/.exec(exponents)![1]!.replaceAll(/[\s:]/g, "");
  return [...pem.slice(2, 20), der.subarray(60, 90).toString("latin1"), prime.slice(20, 60), Buffer.from(prime, "hex").subarray(4, 24).toString("latin1")];
}
