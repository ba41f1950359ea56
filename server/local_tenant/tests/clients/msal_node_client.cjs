// A Graph token by @azure/msal-node. Arguments: authority, client id, private key file, certificate file.
const { createHash, X509Certificate } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { createRequire } = require("node:module");

const { ConfidentialClientApplication } = createRequire(join(__dirname, "../../../../end2end/"))("@azure/msal-node");

const [authority, clientId, key, certificate] = process.argv.slice(2);
const der = new X509Certificate(readFileSync(certificate)).raw;
const app = new ConfidentialClientApplication({
  auth: {
    clientId,
    authority,
    // Otherwise the library asks login.microsoftonline.com whether it knows this host.
    knownAuthorities: [new URL(authority).host],
    clientCertificate: {
      thumbprintSha256: createHash("sha256").update(der).digest("hex"),
      privateKey: readFileSync(key, "utf8"),
    },
  },
});

app.acquireTokenByClientCredential({ scopes: ["https://graph.microsoft.com/.default"] }).then(
  ({ accessToken }) => {
    const claims = JSON.parse(Buffer.from(accessToken.split(".")[1], "base64url").toString());
    console.log(JSON.stringify({ claims }));
  },
  (error) => console.log(JSON.stringify({ error: String(error.errorMessage ?? error) })),
);
