// npm install @azure/msal-node
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { ConfidentialClientApplication } from "@azure/msal-node";

const certificate = new X509Certificate(readFileSync("certificate.pem"));
const key = createPrivateKey(readFileSync("private.key"));
if (certificate.fingerprint.replaceAll(":", "") !== "{sha1}") {
  throw new Error(`This is ${certificate.fingerprint}, not the registered certificate.`);
}
if (!certificate.checkPrivateKey(key)) {
  throw new Error("The private key does not belong to the certificate.");
}

const app = new ConfidentialClientApplication({
  auth: {
    clientId: "{app_id}",
    authority: "{authority}/{tenant}",{elsewhere}
    clientCertificate: {
      // Hexadecimal, without colons: MSAL encodes it for the header.
      thumbprintSha256: certificate.fingerprint256.replaceAll(":", ""),
      privateKey: key.export({ type: "pkcs8", format: "pem" }),
    },
  },
});
const result = await app.acquireTokenByClientCredential({ scopes: ["{scope}"] });
console.log("Signed in until", result.expiresOn);
