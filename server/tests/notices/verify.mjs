// The Ed25519 signature of a webhook (v1a of Standard Webhooks) by Node's crypto. Reads {"public_key", "headers", "body"}.
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const { public_key: publicKey, headers, body } = JSON.parse(readFileSync(0, "utf8"));
const x = Buffer.from(publicKey, "base64").toString("base64url");
const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
const holds = (text) => headers["webhook-signature"].split(" ").some((one) => {
  const [version, signature] = one.split(",");
  const signed = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${text}`);
  return version === "v1a" && verify(null, signed, key, Buffer.from(signature, "base64"));
});
console.log(JSON.stringify({ v1a: holds(body), tampered: holds(body.replace("test", "tesT")) }));
