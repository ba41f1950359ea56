//! Names of what nobody else may know, in the spellings and languages that settings, tools and people have for it.

/// How sure a name makes that its value is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// It is one, whatever it looks like.
    Secret,
    /// It is one where it looks like one: `token`, `signature` and their like also name what is public.
    Likely,
    /// The same of what can be as short as a password.
    Short,
}

/// Ends of names, in lower case without `_`, `-`, `.` and blanks.
const SECRET: [&str; 97] = [
    "secret",
    "secretkey",
    "codeverifier",
    "devicecode",
    "authorizationcode",
    "authcode",
    "apikey",
    "accesskey",
    "subscriptionkey",
    "functionskey",
    "masterkey",
    "primarykey",
    "secondarykey",
    "storagekey",
    "hostkey",
    "sastoken",
    "sharedaccesssignature",
    "samlresponse",
    "bearertoken",
    "sessiontoken",
    "secrettext",
    "secretvalue",
    "clientcredential",
    "clientcredentials",
    "password",
    "passwordvalue",
    "passwd",
    "pwd",
    "passphrase",
    "storepass",
    "keypass",
    "accesstoken",
    "refreshtoken",
    "refreshtokencredential",
    "idtoken",
    "privatekey",
    "privateexponent",
    "accountkey",
    "sharedaccesskey",
    "kennwort",
    "passwort",
    "geheimnis",
    "clientschlüssel",
    "motdepasse",
    "secretclient",
    "contraseña",
    "secreto",
    "secretodecliente",
    "secretodelcliente",
    "segreto",
    "segretoclient",
    "segretodelclient",
    "segredo",
    "segredodocliente",
    "clésecrète",
    "clésecrèteclient",
    "clientgeheim",
    "geheimenschlüssels",
    "geheimerschlüssel",
    "hasło",
    "klucztajny",
    "klucztajnyklienta",
    "heslo",
    "tajnýkódklienta",
    "tajnýklíčklienta",
    "lösenord",
    "klienthemlighet",
    "adgangskode",
    "klienthemmelighed",
    "passord",
    "salasana",
    "asiakassalaisuus",
    "jelszó",
    "ügyféltitok",
    "parola",
    "parolă",
    "şifre",
    "gizlianahtarı",
    "секрет",
    "секретклиента",
    "секретклієнта",
    "κωδικόςπρόσβασης",
    "μυστικόπελάτη",
    "μυστικόκλειδί",
    "סיסמה",
    "סיסמא",
    "סודלקוח",
    "סודהלקוח",
    "كلمةالمرور",
    "كلمةمرور",
    "كلمةالسر",
    "سرالعميل",
    "passcode",
    "identityheader",
    "wachtwoord",
    "senha",
    "пароль",
];

/// Names that are written without blanks around them.
const IN_OTHER_SCRIPTS: [&str; 12] = [
    "シークレット",
    "パスワード",
    "密码",
    "密碼",
    "密钥",
    "密鑰",
    "机密",
    "機密",
    "비밀번호",
    "암호",
    "비밀",
    "시크릿",
];

/// Ends of names that also stand for something public.
const LIKELY: [&str; 11] = [
    "token",
    "signature",
    "signingkey",
    "encryptionkey",
    "symmetrickey",
    "clientkey",
    "credential",
    "cookie",
    "sessionid",
    "estsauth",
    "estsauthpersistent",
];

/// Short for a password, as often as for something else: whole names, since base64 ends in such letters now and then.
const SHORT: [&str; 6] = ["pass", "pw", "dbpass", "userpass", "creds", "secrets"];

/// Parts of names that say more behind it: `client_secret_prod`, `passwordNew`.
const PARTS: [&str; 3] = ["clientsecret", "password", "passwd"];

/// What ends like a secret's name, and is public.
const PUBLIC: [&str; 1] = ["publickey"];

/// The private members of a JSON Web Key (RFC 7518, sections 6.3.2 and 6.4.1) and of .NET's RSA key in XML.
const PRIVATE_MEMBERS: [&str; 8] = ["d", "dp", "dq", "qi", "p", "q", "k", "inverseq"];

/// A grant (RFC 6749, section 4.1.3), and the signature of a shared access signature.
const WHOLE: [&str; 2] = ["code", "sig"];

/// The members of a key as openssl prints them.
const PRINTED: [&str; 6] = ["prime1", "prime2", "exponent1", "exponent2", "coefficient", "priv"];

/// Of a name in lower case without signs.
pub(super) fn kind(name: &str) -> Option<Named> {
    if WHOLE.contains(&name) || PRIVATE_MEMBERS.contains(&name) || PRINTED.contains(&name) {
        return Some(Named::Likely);
    }
    // `client_secret_2`
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let ends = |list: &[&str]| list.iter().any(|end| name.ends_with(end));
    if ends(&PUBLIC) {
        None
    } else if ends(&SECRET) || ends(&IN_OTHER_SCRIPTS) {
        Some(Named::Secret)
    } else if ends(&LIKELY) {
        Some(Named::Likely)
    } else if SHORT.contains(&name) || PARTS.iter().any(|part| name.contains(part)) {
        Some(Named::Short)
    } else {
        None
    }
}

/// Of a name in front of `=`, `:` or `(`: what stands there is its value.
pub(super) fn is_secret(name: &str) -> bool {
    kind(name) == Some(Named::Secret) || WHOLE.contains(&name) || (name != "k" && PRIVATE_MEMBERS.contains(&name))
}

/// Lower case, without `_`, `-` and `.`.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '_' | '-' | '.')).flat_map(char::to_lowercase).collect()
}
