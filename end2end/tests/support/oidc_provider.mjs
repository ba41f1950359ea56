// npm's oidc-provider, as Entra is to the portal: an issuer below /{tenant}/v2.0, tid and oid in its ID tokens.
// Arguments: port, tenant id, client id, the portal's origin, PEM file of the portal's certificate.
// GET /observed: how the portal asked and authenticated, as the provider saw it once it had accepted it.
import { createPublicKey, generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Provider } from "oidc-provider";

const [port, tenant, client, portal, certificate] = process.argv.slice(2);
const mount = `/${tenant}/v2.0`;
const origin = `http://127.0.0.1:${port}`;
const OID = "5f0f0c5e-6f5c-4c52-9a3e-2f4ad9a4f001";

const portalKey = createPublicKey(new X509Certificate(readFileSync(certificate)).publicKey.export({ type: "spki", format: "pem" }));
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const graphScopes = ["Application.Read.All", "Application.ReadWrite.All", "User.Read"].map((name) => `${origin}/${name}`);

const provider = new Provider(origin + mount, {
  clients: [
    {
      client_id: client,
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_signing_alg: "PS256",
      jwks: { keys: [{ ...portalKey.export({ format: "jwk" }), use: "sig" }] },
      redirect_uris: [`${portal}/sign-in/callback`],
      post_logout_redirect_uris: [`${portal}/signed-out`],
      response_types: ["code"],
      grant_types: ["authorization_code", "refresh_token"],
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: randomBytes(8).toString("hex") }] },
  cookies: { keys: [randomBytes(24).toString("hex")] },
  pkce: { required: () => true },
  scopes: ["openid", "offline_access", ...graphScopes],
  claims: { openid: ["sub", "tid", "oid", "roles"], profile: ["name", "preferred_username"] },
  conformIdTokenClaims: false,
  // Whoever types “stranger” belongs to another tenant.
  findAccount: (_, login) => ({
    accountId: login,
    claims: () => ({
      sub: login,
      tid: login === "stranger" ? OID : tenant,
      oid: OID,
      roles: ["Thumbprint.User"],
      name: "Ida Strand",
      preferred_username: `${login}@example.com`,
    }),
  }),
});

const observed = { requests: [], grants: [], refused: [] };
provider.on("authorization.accepted", ({ oidc: { params } }) =>
  observed.requests.push({ challenge: params.code_challenge_method, nonce: Boolean(params.nonce), state: Boolean(params.state) }),
);
provider.on("grant.success", ({ oidc }) => {
  const header = JSON.parse(Buffer.from(oidc.params.client_assertion.split(".")[0], "base64url").toString());
  observed.grants.push({ grant: oidc.params.grant_type, method: oidc.client.clientAuthMethod, alg: header.alg });
});
provider.on("grant.error", (_, error) => observed.refused.push(error.error));

const answer = provider.callback();
createServer((request, response) => {
  if (request.url === "/observed") {
    response.setHeader("content-type", "application/json").end(JSON.stringify(observed));
  } else if (request.url.startsWith(`${mount}/`)) {
    request.originalUrl = request.url;
    request.url = request.url.slice(mount.length);
    answer(request, response);
  } else {
    // Where Graph would be.
    response.writeHead(404).end();
  }
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
