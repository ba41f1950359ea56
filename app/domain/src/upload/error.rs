//! Why an upload cannot be used.

use crate::office::OfficeFile;
use crate::peel::{Keystore, PieceKind};
use std::fmt;

/// Why an upload cannot be used. `Display` says what happened, [`ReadError::advice`] what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No bytes, or nothing but blanks.
    #[error("There is nothing in it")]
    Empty,
    /// Larger than [`super::MAX_UPLOAD_BYTES`].
    #[error("It is larger than 1 MiB")]
    TooLarge,
    /// Any private key, and nothing beside it.
    #[error("It holds a private key and no certificate")]
    PrivateKeyOnly,
    /// A private key beside the certificate, where none is taken.
    #[error("It holds a private key, which must not leave your machine")]
    PrivateKeyInUpload,
    /// Where none is opened: the page that can is told from here.
    #[error("It is a PKCS#12 (PFX) file")]
    Pkcs12,
    /// Its MAC (RFC 7292, section 5.1) does not come out.
    #[error("The password does not open the file")]
    WrongPassword,
    /// None of those of RFC 7292, appendix C, and RFC 8018 that are known here.
    #[error("The PFX is encrypted in a way that is not read here: {name}")]
    UnsupportedCipher {
        /// Its object identifier or name.
        name: String,
    },
    /// No MAC that is known here.
    #[error("The PFX proves its password in a way that is not known here: {name}")]
    UnsupportedMac {
        /// Its object identifier or name.
        name: String,
    },
    /// A file that is made to keep the computer busy.
    #[error("Opening the PFX takes {rounds} rounds of key derivation, more than {most}")]
    TooManyRounds {
        /// That it asks for.
        rounds: u64,
        /// That are gone through.
        most: u64,
    },
    /// It does not hold together.
    #[error("The PFX is damaged: {reason}")]
    DamagedPfx {
        /// Where it stops, in words.
        reason: String,
    },
    /// JKS, JCEKS or BKS: none is opened here.
    #[error("It is a Java keystore ({kind})")]
    JavaKeystore {
        /// Which.
        kind: Keystore,
    },
    /// PKCS#10 (RFC 2986).
    #[error("It is a certificate signing request, not a certificate")]
    SigningRequest,
    /// RFC 5280, section 5.
    #[error("It is a revocation list, not a certificate")]
    RevocationList,
    /// SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7).
    #[error("It is a public key without a certificate around it")]
    PublicKeyOnly,
    /// OpenSSH's own form, public or private.
    #[error("It is an SSH key, not a certificate")]
    SshKey,
    /// Known by its first bytes.
    #[error("It is {0}, not a certificate")]
    OtherFormat(OtherFormat),
    /// Replacement characters where the bytes were.
    #[error("It was a file of bytes, and a program wrote it as text: some of the bytes are lost")]
    WrittenAsText,
    /// Which one is meant cannot be told.
    #[error("It holds {} certificates that do not form one chain: {}", .subjects.len(), list(.subjects))]
    SeveralLeaves {
        /// Of those that issued none of the others.
        subjects: Vec<String>,
    },
    /// It is readable, and there is none.
    #[error("There is no certificate in it")]
    NoCertificate,
    /// There is one, and it does not read.
    #[error("The certificate in it is damaged: {reason}")]
    BadCertificate {
        /// What is wrong with it, in words.
        reason: String,
    },
    /// Larger than [`super::MAX_CERTIFICATE_BYTES`].
    #[error("The certificate in it has {} KiB, and 16 KiB are the most", .bytes.div_ceil(1024))]
    LargeCertificate {
        /// Of its DER.
        bytes: usize,
    },
    /// None of what is known.
    #[error("It is not a certificate in any form known here")]
    Unrecognised,
}

/// Well-known files that people choose in a certificate's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherFormat {
    /// PKZIP, of nothing that is known.
    Zip,
    /// A document of an office program.
    Office(OfficeFile),
    /// RFC 1952.
    Gzip,
    /// ISO 32000.
    Pdf,
    /// A sign-in page that was saved in the file's place, for instance.
    Html,
    /// The certificate database of Firefox and NSS.
    Sqlite,
    /// Windows' .sst.
    SerializedStore,
    /// RFC 9580.
    Pgp,
    /// A certificate's digest in hexadecimal or base64, alone.
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
    pub(super) fn of_kind(kind: &PieceKind) -> Option<Self> {
        Some(match kind {
            PieceKind::SigningRequest => Self::SigningRequest,
            PieceKind::RevocationList => Self::RevocationList,
            PieceKind::PublicKey => Self::PublicKeyOnly,
            PieceKind::SshKey => Self::SshKey,
            PieceKind::Other(label) if label.starts_with("PGP ") => Self::OtherFormat(OtherFormat::Pgp),
            PieceKind::Other(_) => Self::NoCertificate,
            PieceKind::Certificate
            | PieceKind::Damaged
            | PieceKind::Pkcs7
            | PieceKind::Pkcs12
            | PieceKind::PrivateKey { .. }
            | PieceKind::Keystore(_) => return None,
        })
    }

    /// What to do.
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
