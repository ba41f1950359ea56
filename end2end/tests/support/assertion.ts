import { createSign, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { demo } from "./demo";
import type { OpensslCertificate } from "./openssl";

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A client assertion as an app would send it: RS256, the certificate named by `x5t`. */
export function assertion(made: OpensslCertificate, appId: string, x5t = Buffer.from(made.sha1, "hex").toString("base64url")): string {
  const { tenant, tenant_id } = demo();
  const now = Math.floor(Date.now() / 1000);
  const input = `${part({ alg: "RS256", typ: "JWT", x5t })}.${part({
    aud: `${tenant}/${tenant_id}/oauth2/v2.0/token`,
    iss: appId,
    sub: appId,
    jti: randomUUID(),
    iat: now,
    nbf: now,
    exp: now + 300,
  })}`;
  return `${input}.${createSign("sha256").update(input).sign(readFileSync(made.key, "utf8"), "base64url")}`;
}

/** What the token endpoint answers to it, as text. */
export async function tokenAnswer(appId: string, clientAssertion: string): Promise<string> {
  const { tenant, tenant_id } = demo();
  const answer = await fetch(`${tenant}/${tenant_id}/oauth2/v2.0/token`, {
    method: "POST",
    body: new URLSearchParams({
      client_id: appId,
      grant_type: "client_credentials",
      scope: "https://graph.microsoft.com/.default",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: clientAssertion,
    }),
  });
  return answer.text();
}
