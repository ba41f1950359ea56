//! Why an upload cannot be used.

use crate::office::OfficeFile;
use crate::peel::{Keystore, Kind};
use std::fmt;

/// Why an upload cannot be used. `Display` says what happened, [`ReadError::advice`] what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error("There is nothing in it")]
    Empty,
    #[error("It is larger than 1 MiB")]
    TooLarge,
    #[error("It holds a private key and no certificate")]
    PrivateKeyOnly,
    #[error("It holds a private key, which must not leave your machine")]
    PrivateKeyInUpload,
    #[error("It is a PKCS#12 (PFX) file")]
    Pkcs12,
    #[error("The password does not open the file")]
    WrongPassword,
    #[error("The PFX is encrypted in a way that is not read here: {name}")]
    UnsupportedCipher { name: String },
    #[error("The PFX proves its password in a way that is not known here: {name}")]
    UnsupportedMac { name: String },
    #[error("Opening the PFX takes {rounds} rounds of key derivation, more than {most}")]
    TooManyRounds { rounds: u64, most: u64 },
    #[error("The PFX is damaged: {reason}")]
    DamagedPfx { reason: String },
    #[error("It is a Java keystore ({kind})")]
    JavaKeystore { kind: Keystore },
    #[error("It is a certificate signing request, not a certificate")]
    SigningRequest,
    #[error("It is a revocation list, not a certificate")]
    RevocationList,
    #[error("It is a public key without a certificate around it")]
    PublicKeyOnly,
    #[error("It is an SSH key, not a certificate")]
    SshKey,
    #[error("It is {0}, not a certificate")]
    OtherFormat(OtherFormat),
    #[error("It was a file of bytes, and a program wrote it as text: some of the bytes are lost")]
    WrittenAsText,
    #[error("It holds {} certificates that do not form one chain: {}", .subjects.len(), list(.subjects))]
    SeveralLeaves {
        /// Of those that issued none of the others.
        subjects: Vec<String>,
    },
    #[error("There is no certificate in it")]
    NoCertificate,
    #[error("The certificate in it is damaged: {reason}")]
    BadCertificate { reason: String },
    #[error("The certificate in it has {} KiB, and 16 KiB are the most", .bytes.div_ceil(1024))]
    LargeCertificate {
        /// Of its DER.
        bytes: usize,
    },
    #[error("It is not a certificate in any form known here")]
    Unrecognised,
}

/// Well-known files that people choose in a certificate's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherFormat {
    Zip,
    /// A workbook, a document.
    Office(OfficeFile),
    Gzip,
    Pdf,
    Html,
    /// The certificate database of Firefox and NSS.
    Sqlite,
    /// Windows' .sst.
    SerializedStore,
    Pgp,
    Thumbprint,
    /// What openssl x509 -text or certutil prints.
    PrintOut,
}

impl fmt::Display for OtherFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Office(file) => return file.fmt(f),
            Self::Zip => "a ZIP archive",
            Self::Gzip => "a gzip archive",
            Self::Pdf => "a PDF document",
            Self::Html => "a web page",
            Self::Sqlite => "a database (SQLite)",
            Self::SerializedStore => "a serialized certificate store of Windows",
            Self::Pgp => "an OpenPGP key or message",
            Self::Thumbprint => "a thumbprint",
            Self::PrintOut => "a print-out of a certificate",
        })
    }
}

impl OtherFormat {
    fn advice(self) -> &'static str {
        match self {
            Self::Office(file) if file.is_table() => {
                "For one certificate, choose its own file. A table of apps and certificates is taken as text: save it as “CSV UTF-8”, and read it on the page “Import a table”."
            }
            Self::Office(_) => {
                "Copy the certificate out of it, from -----BEGIN to the end of the -----END line, and paste it as text."
            }
            Self::Zip | Self::Gzip => "Unpack it, and choose the certificate in it.",
            Self::Pdf | Self::Html => {
                "It was saved in the certificate's place, or a sign-in page was. Download the certificate again."
            }
            Self::Sqlite => "Export the certificate: certutil -L -d FOLDER -n NAME -a > certificate.pem",
            Self::SerializedStore => "Export the certificate alone, as X.509 in base64.",
            Self::Pgp => "Entra wants an X.509 certificate.",
            Self::Thumbprint => {
                "It names a certificate. Upload the certificate itself; the search finds the apps that hold it."
            }
            Self::PrintOut => {
                "It leaves out the certificate itself. Upload the file that was printed, or print it with openssl x509 -in FILE."
            }
        }
    }
}

fn list(subjects: &[String]) -> String {
    let mut shown: Vec<String> = subjects.iter().take(3).map(|subject| format!("“{subject}”")).collect();
    if subjects.len() > shown.len() {
        shown.push(format!("and {} more", subjects.len() - shown.len()));
    }
    shown.join(", ")
}

impl ReadError {
    /// What a piece is that is no certificate. `None` for what has no words of its own.
    pub(super) fn of_kind(kind: &Kind) -> Option<Self> {
        Some(match kind {
            Kind::SigningRequest => Self::SigningRequest,
            Kind::RevocationList => Self::RevocationList,
            Kind::PublicKey => Self::PublicKeyOnly,
            Kind::SshKey => Self::SshKey,
            Kind::Other(label) if label.starts_with("PGP ") => Self::OtherFormat(OtherFormat::Pgp),
            Kind::Other(_) => Self::NoCertificate,
            Kind::Certificate
            | Kind::Damaged
            | Kind::Pkcs7
            | Kind::Pkcs12
            | Kind::PrivateKey { .. }
            | Kind::Keystore(_) => return None,
        })
    }

    pub fn advice(&self) -> String {
        match self {
            Self::Empty => "Choose another file, or paste the certificate as text.",
            Self::TooLarge => "A certificate is a few kilobytes. Choose the certificate alone.",
            Self::PrivateKeyOnly => "Choose the certificate that belongs to this key, usually a .cer, .crt or .pem file. Keep the key where it is.",
            Self::PrivateKeyInUpload => {
                "It was discarded unread. Upload the certificate alone: openssl x509 -in FILE -out certificate.pem takes it out."
            }
            Self::Pkcs12 => {
                "It is opened only in a browser with WebAssembly, because it holds a private key. Or take the certificate out: openssl pkcs12 -in FILE -nokeys -clcerts -out certificate.pem"
            }
            Self::WrongPassword => "Try again. An empty password counts as a password.",
            Self::UnsupportedCipher { .. } | Self::UnsupportedMac { .. } | Self::TooManyRounds { .. } => {
                "Export it again, with AES-256 and HMAC-SHA-256. Or take the certificate out: openssl pkcs12 -in FILE -nokeys -clcerts -legacy -out certificate.pem"
            }
            Self::DamagedPfx { .. } => "Export it again, or copy it again as a file of bytes. No password opens it as it is.",
            Self::JavaKeystore { kind } => {
                let store = match kind {
                    Keystore::Jks => "JKS",
                    Keystore::Jceks => "JCEKS",
                    Keystore::Bks => "BKS -provider org.bouncycastle.jce.provider.BouncyCastleProvider -providerpath bcprov.jar",
                };
                return format!(
                    "Take the certificate out: keytool -exportcert -rfc -keystore FILE -storetype {store} -alias ALIAS -file certificate.pem. Or convert it all to a PFX, to be opened in the browser: keytool -importkeystore -srckeystore FILE -srcstoretype {store} -destkeystore bundle.p12 -deststoretype PKCS12"
                );
            }
            Self::SigningRequest => "Send it to your certificate authority, and upload the certificate that comes back.",
            Self::RevocationList => "Choose the certificate itself.",
            Self::PublicKeyOnly => "Entra wants the certificate, which has the public key in it.",
            Self::SshKey => "Entra wants an X.509 certificate. openssl req -x509 -key FILE -out certificate.pem makes one for a key.",
            Self::OtherFormat(format) => format.advice(),
            Self::WrittenAsText => {
                "Windows PowerShell does that with “>”, and FTP and editors do it too. Let the tool write the file itself (openssl x509 -outform der -out FILE), or use PEM, which is text."
            }
            Self::SeveralLeaves { .. } => "Upload one certificate, alone or with the chain that issued it.",
            Self::NoCertificate => "Choose a file with a certificate, in PEM, DER, base64, PKCS#7 or PKCS#12.",
            Self::BadCertificate { .. } => "Export or copy it again, whole.",
            Self::LargeCertificate { .. } => {
                "Entra needs its public key and its dates. Have one issued without what makes it large, such as hundreds of names: signing in uses none of it."
            }
            Self::Unrecognised => "Known forms are PEM, DER, base64, PKCS#7 (.p7b) and PKCS#12 (.pfx).",
        }
        .into()
    }
}
