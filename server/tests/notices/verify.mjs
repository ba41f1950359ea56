// What a receiver makes of a webhook in Node: v1 by Standard Webhooks' own library, and v1a, which it does not know, by Node's
// crypto as the specification's text has it. Reads {"secrets", "public_key", "headers", "body"}, and answers in JSON.
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const clients = process.env.THUMBPRINT_NODE_CLIENTS ?? new URL("../../../.tools/node-clients/", import.meta.url);
const { Webhook } = createRequire(new URL("here.js", clients))("standardwebhooks");
const { secrets, public_key: publicKey, headers, body } = JSON.parse(readFileSync(0, "utf8"));

const v1 = (secret, text) => {
  try {
    new Webhook(secret).verify(text, headers);
    return true;
  } catch (error) {
    if (error.name === "WebhookVerificationError") return false;
    throw error;
  }
};

const x = Buffer.from(publicKey, "base64").toString("base64url");
const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
const v1a = (text) => headers["webhook-signature"].split(" ").some((one) => {
  const [version, signature] = one.split(",");
  const signed = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${text}`);
  return version === "v1a" && verify(null, signed, key, Buffer.from(signature, "base64"));
});

const tampered = body.replace("test", "tesT");
console.log(JSON.stringify({
  v1: secrets.map((secret) => v1(secret, body)),
  v1_tampered: secrets.map((secret) => v1(secret, tampered)),
  v1a: v1a(body),
  v1a_tampered: v1a(tampered),
}));
