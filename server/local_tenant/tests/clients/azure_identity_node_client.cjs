// A Graph token by @azure/identity's device code flow, under Microsoft's own names. Arguments: tenant id.
const { join } = require("node:path");
const { createRequire } = require("node:module");

const { DeviceCodeCredential } = createRequire(join(__dirname, "../../../../end2end/"))("@azure/identity");

const [tenantId] = process.argv.slice(2);
const print = (value) => console.log(JSON.stringify(value));
const credential = new DeviceCodeCredential({
  tenantId,
  userPromptCallback: ({ verificationUri, userCode }) => print({ verificationUri, userCode }),
});

credential.getToken("https://graph.microsoft.com/.default").then(
  ({ token }) => print({ claims: JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString()) }),
  (error) => print({ error: String(error) }),
);
