import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate made by openssl, and openssl's word on it: what the portal shows is compared with this. */
export interface OpensslCertificate {
  folder: string;
  certificate: string;
  key: string;
  pem: string;
  /** 40 upper-case hex digits. */
  sha1: string;
  /** 64 upper-case hex digits. */
  sha256: string;
  /** base64 of the DER, one line. */
  derBase64: string;
}

const openssl = (...args: string[]): string => execFileSync("openssl", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

const fingerprint = (file: string, digest: string): string =>
  openssl("x509", "-in", file, "-noout", "-fingerprint", `-${digest}`).trim().split("=")[1]!.replaceAll(":", "");

export function makeCertificate(subject: string, options: { days?: number; newkey?: string[] } = {}): OpensslCertificate {
  const folder = mkdtempSync(join(tmpdir(), "thumbprint-e2e-"));
  const certificate = join(folder, "certificate.pem");
  const key = join(folder, "key.pem");
  openssl(
    "req", "-x509", "-newkey", ...(options.newkey ?? ["rsa:2048"]), "-noenc", "-sha256",
    "-days", String(options.days ?? 200), "-subj", subject, "-keyout", key, "-out", certificate,
  );
  const der = execFileSync("openssl", ["x509", "-in", certificate, "-outform", "der"]);
  return {
    folder,
    certificate,
    key,
    pem: readFileSync(certificate, "utf8"),
    sha1: fingerprint(certificate, "sha1"),
    sha256: fingerprint(certificate, "sha256"),
    derBase64: der.toString("base64"),
  };
}

/** A password-protected PKCS#12 with the certificate and its key. */
export function makePfx(made: OpensslCertificate, password: string): string {
  const pfx = join(made.folder, "bundle.pfx");
  openssl("pkcs12", "-export", "-inkey", made.key, "-in", made.certificate, "-passout", `pass:${password}`, "-out", pfx);
  return pfx;
}
