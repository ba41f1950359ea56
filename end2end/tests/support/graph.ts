import { createHash, randomBytes } from "node:crypto";
import { demo } from "./demo";

/** Microsoft Azure CLI, a public client that every tenant knows: these tests look at Graph without the portal. */
const CLIENT = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const REDIRECT = "http://localhost:8400";

export interface KeyCredential {
  customKeyIdentifier: string | null;
  displayName: string | null;
  endDateTime: string;
  key: string | null;
  keyId: string;
  startDateTime: string;
  type: string;
  usage: string;
}

/** A delegated token as azure-cli would get one for this person: authorization code and PKCE. */
async function token(name: string, scope: string): Promise<string> {
  const { tenant, tenant_id } = demo();
  const base = `${tenant}/${tenant_id}/oauth2/v2.0`;
  const verifier = randomBytes(32).toString("base64url");
  const query = new URLSearchParams({
    client_id: CLIENT,
    response_type: "code",
    redirect_uri: REDIRECT,
    scope,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    state: "e2e",
  });
  const picker = await (await fetch(`${base}/authorize?${query}`)).text();
  const account = new RegExp(`value="([0-9a-f-]{36})"[^>]*>(?:(?!</button>).)*${name}`).exec(picker)?.[1];
  const action = /<form method="post" action="([^"]+)"/.exec(picker)?.[1]?.replaceAll("&amp;", "&");
  if (!account || !action) throw new Error(`no ${name} in the account picker`);
  const chosen = await fetch(new URL(action, `${base}/authorize`), {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ account }),
  });
  const code = new URL(chosen.headers.get("location") ?? "").searchParams.get("code");
  const answer = await fetch(`${base}/token`, {
    method: "POST",
    body: new URLSearchParams({
      client_id: CLIENT,
      grant_type: "authorization_code",
      code: code ?? "",
      redirect_uri: REDIRECT,
      code_verifier: verifier,
    }),
  });
  const body = (await answer.json()) as { access_token?: string };
  if (!body.access_token) throw new Error(`no token: ${JSON.stringify(body)}`);
  return body.access_token;
}

/** What Key Vault answers to one person, asked without the portal. */
export async function vault(name: string, path: string): Promise<unknown> {
  const bearer = await token(name, "https://vault.azure.net/.default");
  const url = path.startsWith("http") ? path : `${demo().tenant}/_vault/${path}`;
  const answer = await fetch(`${url}?api-version=7.4`, { headers: { authorization: `Bearer ${bearer}` } });
  if (!answer.ok) throw new Error(`GET ${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** Graph as one person sees it, asked without the portal. */
export class Graph {
  private constructor(
    private readonly root: string,
    private readonly bearer: string,
  ) {}

  static async as(name: string): Promise<Graph> {
    return new Graph(`${demo().tenant}/v1.0`, await token(name, "https://graph.microsoft.com/Application.ReadWrite.All"));
  }

  private async call(method: string, path: string, body?: unknown): Promise<Response> {
    const answer = await fetch(`${this.root}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.bearer}`, ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }

  async app(displayName: string): Promise<{ id: string; appId: string; passwordCredentials: { keyId: string }[] }> {
    const filter = encodeURIComponent(`displayName eq '${displayName}'`);
    const found = (await (await this.call("GET", `/applications?$filter=${filter}&$select=id,appId,passwordCredentials`)).json()) as {
      value: { id: string; appId: string; passwordCredentials: { keyId: string }[] }[];
    };
    const [app] = found.value;
    if (!app) throw new Error(`there is no app ${displayName}`);
    return app;
  }

  /** Gives an app another name; answers its id. */
  async rename(displayName: string, to: string): Promise<string> {
    const { id } = await this.app(displayName);
    await this.call("PATCH", `/applications/${id}`, { displayName: to });
    return id;
  }

  /** With `key`, as only a single object shows it. */
  async keys(displayName: string): Promise<KeyCredential[]> {
    const { id } = await this.app(displayName);
    const app = (await (await this.call("GET", `/applications/${id}?$select=id,keyCredentials`)).json()) as {
      keyCredentials: KeyCredential[];
    };
    return app.keyCredentials;
  }

  /** A secret of this name; answers its keyId. */
  async addSecret(displayName: string, name: string): Promise<string> {
    const { id } = await this.app(displayName);
    const body = { passwordCredential: { displayName: name } };
    return ((await (await this.call("POST", `/applications/${id}/addPassword`, body)).json()) as { keyId: string }).keyId;
  }

  /** Replaces the whole collection, as PATCH does. */
  async setKeys(displayName: string, keyCredentials: Partial<KeyCredential>[]): Promise<void> {
    const { id } = await this.app(displayName);
    await this.call("PATCH", `/applications/${id}`, { keyCredentials });
  }
}
