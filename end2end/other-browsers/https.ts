import { readFileSync } from "node:fs";
import { request, type RequestOptions } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { makeCertificate } from "../tests/support/openssl";

/** The portal behind a proxy that has TLS: WebKit keeps no secure cookie that comes by plain http, also not on this machine. */
export async function withTls(portal: string): Promise<{ url: string; close: () => void }> {
  const made = makeCertificate("/CN=localhost");
  const { host, hostname, port } = new URL(portal);
  const server = createServer({ key: readFileSync(made.key), cert: made.pem }, (asked, answer) => {
    const here = `https://${asked.headers.host}`;
    // The portal knows itself by its own address.
    const headers = Object.fromEntries(Object.entries(asked.headers).map(([name, value]) => [name, typeof value === "string" ? value.replace(here, portal) : value]));
    const options: RequestOptions = { hostname, port, method: asked.method, path: asked.url, headers: { ...headers, host } };
    const onward = request(options, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
