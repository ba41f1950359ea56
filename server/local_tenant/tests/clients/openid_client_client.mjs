// A Graph token by openid-client, which knows nothing of Microsoft. Arguments: issuer, client id, private key file, keyId.
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const resolve = createRequire(new URL("../../../../end2end/", import.meta.url)).resolve;
const client = await import(pathToFileURL(resolve("openid-client")));

const [issuer, clientId, file, kid] = process.argv.slice(2);
const der = createPrivateKey(readFileSync(file, "utf8")).export({ type: "pkcs8", format: "der" });
const key = await crypto.subtle.importKey("pkcs8", der, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, false, ["sign"]);

try {
  const configuration = await client.discovery(new URL(issuer), clientId, undefined, client.PrivateKeyJwt({ key, kid }));
  const answer = await client.clientCredentialsGrant(configuration, { scope: "https://graph.microsoft.com/.default" });
  const claims = JSON.parse(Buffer.from(answer.access_token.split(".")[1], "base64url").toString());
  console.log(JSON.stringify({ claims }));
} catch (error) {
  console.log(JSON.stringify({ error: error.error_description ?? String(error), cause: String(error.cause) }));
}
