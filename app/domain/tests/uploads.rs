//! Every form in which people hold a certificate, made by openssl, read by content.

mod support;

use domain::upload::{Container, MAX_UPLOAD_BYTES, ReadError, read, read_public};
use support::{Made, chain, make, openssl, path};
use tempfile::TempDir;

struct Bench {
    folder: TempDir,
    made: Made,
}

fn bench() -> Bench {
    let folder = tempfile::tempdir().expect("a folder");
    let made = make(folder.path(), "one", &["rsa:2048"], &["-days", "90"]);
    Bench { folder, made }
}

#[test]
fn the_same_certificate_in_every_form() {
    let bench = bench();
    let der = bench.made.der();
    let pem = bench.made.pem();
    let base64 = domain::encoding::base64(&der);
    let out = bench.folder.path().join("bag.p7b");
    let p7 = |form: &str| {
        openssl(&[
            "crl2pkcs7",
            "-nocrl",
            "-certfile",
            path(&bench.made.certificate),
            "-outform",
            form,
            "-out",
            path(&out),
        ]);
        std::fs::read(&out).expect("written")
    };
    let trusted = openssl(&["x509", "-in", path(&bench.made.certificate), "-trustout", "-addtrust", "clientAuth"]);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(pem.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let latin1 = [b"friendlyName: M\xfcller\n".as_slice(), pem.as_bytes()].concat();
    let forms: Vec<(&str, Vec<u8>, Container)> = vec![
        ("pem", pem.clone().into(), Container::Pem),
        ("crlf", pem.replace('\n', "\r\n").into(), Container::Pem),
        ("old mac", pem.replace('\n', "\r").into(), Container::Pem),
        (
            "junk around",
            format!("Bag Attributes\n    localKeyID: 01\nsubject=CN = x\n{pem}\nthanks!\n").into(),
            Container::Pem,
        ),
        ("indented", pem.replace('\n', "\n      ").into(), Container::Pem),
        ("mail quote", format!("> {}", pem.lines().collect::<Vec<_>>().join("\n> ")).into(), Container::Pem),
        ("escaped", pem.replace('\n', "\\n").into(), Container::Pem),
        ("byte order mark", format!("\u{feff}{pem}").into(), Container::Pem),
        ("utf-16", utf16, Container::Pem),
        ("latin-1 around", latin1, Container::Pem),
        ("old label", pem.replace("CERTIFICATE", "X509 CERTIFICATE").into(), Container::Pem),
        ("trusted", trusted, Container::Pem),
        ("twice", format!("{pem}{pem}").into(), Container::Pem),
        ("der", der.clone(), Container::Der),
        ("base64", base64.clone().into(), Container::Base64Der),
        ("wrapped base64", format!("  {}\r\n{}\n", &base64[..64], &base64[64..]).into(), Container::Base64Der),
        ("p7b der", p7("DER"), Container::Pkcs7),
        ("p7b pem", p7("PEM"), Container::Pkcs7),
    ];
    for (name, bytes, container) in forms {
        let upload = read(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(upload.leaf.der(), der, "{name}");
        assert_eq!((upload.container, upload.private_key_left_out), (container, false), "{name}");
        assert_eq!(upload.choice(), None, "{name}");
        assert_eq!(read_public(&bytes).expect(name).leaf.der(), der, "{name}");
    }
}

#[test]
fn the_leaf_of_a_chain_is_picked_in_any_order() {
    let bench = bench();
    let [root, middle, leaf] = chain(bench.folder.path());
    for order in [[&root, &middle, &leaf], [&leaf, &middle, &root], [&middle, &leaf, &root]] {
        let text: String = order.into_iter().map(String::as_str).collect();
        let upload = read(text.as_bytes()).expect("a chain");
        assert_eq!(upload.leaf.facts().subject, "CN=payroll");
        assert_eq!(upload.others.len(), 2);
        let choice = upload.choice().expect("said");
        assert!(choice.contains("Of 3 certificates") && choice.contains("payroll"), "{choice}");
    }
    let file = bench.folder.path().join("chain.pem");
    std::fs::write(&file, format!("{root}{leaf}{middle}")).expect("written");
    let bag = openssl(&["crl2pkcs7", "-nocrl", "-certfile", path(&file), "-outform", "der"]);
    assert_eq!(read(&bag).expect("a bag").leaf.facts().subject, "CN=payroll");

    let two = format!("{leaf}{}", bench.made.pem());
    let error = read(two.as_bytes()).expect_err("two leaves");
    assert_eq!(error, ReadError::SeveralLeaves { subjects: vec!["payroll".into(), "payroll.contoso.example".into()] });
    assert!(error.to_string().contains("“payroll”"), "{error}");
}

#[test]
fn what_is_no_certificate_is_named() {
    let bench = bench();
    let key = path(&bench.made.key);
    let asn1_key = |arguments: &[&str]| openssl(&[&["pkey", "-in", key], arguments].concat());
    let request = |form| openssl(&["req", "-new", "-key", key, "-subj", "/CN=x", "-outform", form]);
    let locked = openssl(&["pkcs8", "-topk8", "-in", key, "-passout", "pass:secret", "-outform", "der"]);
    let pfx =
        openssl(&["pkcs12", "-export", "-inkey", key, "-in", path(&bench.made.certificate), "-passout", "pass:secret"]);
    let pkcs1 = openssl(&["rsa", "-in", key, "-traditional", "-outform", "der"]);
    let ssh = b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ== me@host".to_vec();
    let damaged = bench.made.pem().replacen("MII", "", 1);
    let cut = bench.made.pem();
    let cut = &cut[..cut.len() / 2];
    for (name, bytes, expected) in [
        ("nothing", vec![], ReadError::Empty),
        ("blank", b" \r\n\t".to_vec(), ReadError::Empty),
        ("too large", vec![b'a'; MAX_UPLOAD_BYTES + 1], ReadError::TooLarge),
        ("key pem", bench.made.key_pem().into(), ReadError::PrivateKeyOnly),
        ("key der", asn1_key(&["-outform", "der"]), ReadError::PrivateKeyOnly),
        ("key base64", domain::encoding::base64(&asn1_key(&["-outform", "der"])).into(), ReadError::PrivateKeyOnly),
        ("pkcs1 der", pkcs1, ReadError::PrivateKeyOnly),
        ("locked key der", locked, ReadError::PrivateKeyOnly),
        ("public key pem", asn1_key(&["-pubout"]), ReadError::PublicKeyOnly),
        ("public key der", asn1_key(&["-pubout", "-outform", "der"]), ReadError::PublicKeyOnly),
        ("csr pem", request("pem"), ReadError::SigningRequest),
        ("csr der", request("der"), ReadError::SigningRequest),
        ("pfx", pfx.clone(), ReadError::Pkcs12),
        ("pfx base64", domain::encoding::base64(&pfx).into(), ReadError::Pkcs12),
        ("ssh", ssh, ReadError::SshKey),
        ("text", b"hello, is this a certificate?".to_vec(), ReadError::Unrecognised),
        ("png", b"\x89PNG\r\n\x1a\n\0\0".to_vec(), ReadError::Unrecognised),
        (
            "cut off",
            cut.into(),
            ReadError::BadCertificate { reason: "the line -----END CERTIFICATE----- is missing".into() },
        ),
        (
            "other pem",
            b"-----BEGIN DH PARAMETERS-----\nAAAA\n-----END DH PARAMETERS-----\n".to_vec(),
            ReadError::NoCertificate,
        ),
    ] {
        let error = read(&bytes).expect_err(name);
        assert_eq!(error, expected, "{name}");
        assert!(!error.advice().is_empty() && !error.to_string().is_empty());
    }
    assert!(matches!(read(damaged.as_bytes()).expect_err("damaged"), ReadError::BadCertificate { .. }));
    let trailing = [bench.made.der(), vec![0]].concat();
    assert!(matches!(read(&trailing).expect_err("trailing"), ReadError::BadCertificate { .. }));
}

#[test]
fn a_revocation_list_is_named() {
    let bench = bench();
    let folder = bench.folder.path();
    std::fs::write(folder.join("index"), "").expect("written");
    let config = folder.join("ca.cnf");
    std::fs::write(
        &config,
        format!(
            "[ca]\ndefault_ca=d\n[d]\ndatabase={}\ndefault_md=sha256\ndefault_crl_days=30\n",
            path(&folder.join("index"))
        ),
    )
    .expect("written");
    let list = folder.join("list.pem");
    openssl(&[
        "ca",
        "-gencrl",
        "-config",
        path(&config),
        "-cert",
        path(&bench.made.certificate),
        "-keyfile",
        path(&bench.made.key),
        "-out",
        path(&list),
    ]);
    let pem = std::fs::read(&list).expect("written");
    assert_eq!(read(&pem).expect_err("a list"), ReadError::RevocationList);
    assert_eq!(
        read(&openssl(&["crl", "-in", path(&list), "-outform", "der"])).expect_err("a list"),
        ReadError::RevocationList
    );
}

#[test]
fn a_private_key_beside_the_certificate_is_left_out_or_refused() {
    let bench = bench();
    for text in [
        format!("{}{}", bench.made.pem(), bench.made.key_pem()),
        format!("{}{}", bench.made.key_pem(), bench.made.pem()),
        format!(
            "{}-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
            bench.made.pem()
        ),
        // Cut off before its last line, but a key all the same.
        format!("{}-----BEGIN RSA PRIVATE KEY-----\nMIIE", bench.made.pem()),
    ] {
        let upload = read(text.as_bytes()).expect("the certificate");
        assert!(upload.private_key_left_out);
        assert_eq!(upload.leaf.der(), bench.made.der());
        assert!(!upload.leaf.pem().contains("PRIVATE"));
        assert_eq!(read_public(text.as_bytes()).expect_err("a key"), ReadError::PrivateKeyInUpload);
    }
    assert_eq!(read_public(bench.made.key_pem().as_bytes()).expect_err("a key"), ReadError::PrivateKeyInUpload);
}

#[test]
fn a_pfx_stays_closed() {
    let bench = bench();
    let pfx = openssl(&[
        "pkcs12",
        "-export",
        "-inkey",
        path(&bench.made.key),
        "-in",
        path(&bench.made.certificate),
        "-passout",
        "pass:",
    ]);
    assert_eq!(read(&pfx).expect_err("closed"), ReadError::Pkcs12);
}
