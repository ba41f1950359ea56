//! `pack bindings MODULE NAME TO`: what a browser starts, NAME.js and NAME.wasm, out of a module that was compiled.
//!
//! `pack files FROM TO`: every file of the folder FROM comes into TO under a name with a hash of its content,
//! `thumbprint.css` as `thumbprint.0123456789abcdef.css`, so that a browser may keep it for ever. Beside it stand
//! `….css.br` and `….css.gz`, where they are smaller. What is in TO and belongs to nothing in FROM goes; what is there
//! already is not touched, so that nothing is compiled anew without need.

mod bindings;
mod names;

use clap::Parser;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Hexadecimal digits of SHA-256 in a name: 64 bits, for files of our own.
const HASH_DIGITS: usize = 16;

#[derive(Parser)]
enum Command {
    /// The script that starts a compiled module, and the module as it is started.
    Bindings { module: PathBuf, name: String, to: PathBuf },
    /// Names with hashes, and what is compressed beforehand.
    Files {
        from: PathBuf,
        to: PathBuf,
        /// Leaves out the compression, which takes seconds: for a portal on this machine.
        #[arg(long)]
        plain: bool,
    },
}

fn main() -> io::Result<()> {
    match Command::parse() {
        Command::Bindings { module, name, to } => bindings::write(&module, &name, &to),
        Command::Files { from, to, plain } => pack(&from, &to, plain),
    }
}

fn pack(from: &Path, to: &Path, plain: bool) -> io::Result<()> {
    fs::create_dir_all(to)?;
    let mut belongs = BTreeSet::new();
    for (name, content) in smaller(read(from)?)? {
        let hashed = hashed(&name, &content);
        write_new(to, &hashed, &content)?;
        belongs.insert(OsString::from(&hashed));
        if plain {
            continue;
        }
        for (ending, compress) in [("br", brotli as fn(&[u8]) -> io::Result<Vec<u8>>), ("gz", gzip)] {
            let path = format!("{hashed}.{ending}");
            if !to.join(&path).exists() {
                let compressed = compress(&content)?;
                if compressed.len() < content.len() {
                    write_new(to, &path, &compressed)?;
                }
            }
            belongs.insert(path.into());
        }
    }
    for entry in fs::read_dir(to)? {
        let entry = entry?;
        if !belongs.contains(&entry.file_name()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Whole or not at all: a server may be reading the folder.
fn write_new(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let path = folder.join(name);
    if path.exists() {
        return Ok(());
    }
    let unfinished = folder.join(format!("{name}.new"));
    fs::write(&unfinished, content)?;
    fs::rename(unfinished, path)
}

/// Content by name.
type Files = BTreeMap<String, Vec<u8>>;

fn read(folder: &Path) -> io::Result<Files> {
    let mut files = Files::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if let (true, Ok(name)) = (entry.file_type()?.is_file(), entry.file_name().into_string()) {
            files.insert(name, fs::read(entry.path())?);
        }
    }
    Ok(files)
}

/// Scripts and styles without comments and blanks; imports of WebAssembly with short names.
fn smaller(mut files: Files) -> io::Result<Files> {
    let text = |content: &[u8]| String::from_utf8(content.to_vec()).map_err(io::Error::other);
    let names: Vec<_> = files.keys().cloned().collect();
    for name in names {
        let Some(content) = files.get(&name) else { continue };
        if name.strip_suffix(".css").is_some() {
            let smaller = style(&text(content)?);
            files.insert(name, smaller.into_bytes());
        } else if let Some(stem) = name.strip_suffix(".js") {
            let script = text(content)?;
            let mut script = minifier::js::minify(&script).map_err(io::Error::other)?.to_string();
            let module = format!("{stem}.wasm");
            if let Some((shorter, wasm)) = files.get(&module).and_then(|wasm| names::shorten(&script, wasm)) {
                script = shorter;
                files.insert(module, wasm);
            }
            files.insert(name, script.into_bytes());
        }
    }
    Ok(files)
}

/// Without comments and indentation. A comment in a string is none, and our styles have no such string.
fn style(style: &str) -> String {
    let mut rest = style;
    let mut kept = String::new();
    while let Some((before, comment)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn hashed(name: &str, content: &[u8]) -> String {
    let hash = hex::encode(Sha256::digest(content));
    let hash = hash.get(..HASH_DIGITS).unwrap_or(&hash);
    match name.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem}.{hash}.{ending}"),
        None => format!("{name}.{hash}"),
    }
}

/// Quality 11, with a window over all of the file.
fn brotli(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let parameters =
        brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 24, size_hint: content.len(), ..Default::default() };
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters)?;
    Ok(compressed)
}

fn gzip(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn names_change_with_the_content_and_old_ones_go() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        fs::create_dir(&from).unwrap();
        fs::write(from.join("a.css"), "p { color: red }\n".repeat(20)).unwrap();
        fs::write(from.join("b.png"), [1, 2, 3]).unwrap();
        pack(&from, &to, false).unwrap();
        let first = names(&to);
        assert_eq!(first.len(), 4, "{first:?}: the picture gains nothing by compression");
        let css = first.iter().find(|name| name.strip_suffix(".css").is_some()).unwrap();
        assert_eq!(css.len(), "a..css".len() + HASH_DIGITS);
        assert!(first.contains(&format!("{css}.br")) && first.contains(&format!("{css}.gz")));

        fs::write(from.join("a.css"), "p { color: blue }\n".repeat(20)).unwrap();
        fs::remove_file(from.join("b.png")).unwrap();
        pack(&from, &to, false).unwrap();
        let second = names(&to);
        assert_eq!(second.len(), 3);
        assert!(second.iter().all(|name| !first.contains(name)), "{second:?}");

        pack(&from, &to, true).unwrap();
        assert_eq!(names(&to).len(), 1, "a plain one keeps nothing compressed that may be of another build");
    }

    #[test]
    fn styles_lose_their_comments() {
        assert_eq!(style("/* all\n of it */\n\np {\n  color: red; /* why */\n}\n"), "p {\ncolor: red;\n}");
    }

    #[test]
    fn what_is_compressed_is_the_same_again() {
        let content: Vec<u8> = (0..40_000_u32).flat_map(|n| (n / 7).to_le_bytes()).collect();
        let mut again = Vec::new();
        brotli::BrotliDecompress(&mut &brotli(&content).unwrap()[..], &mut again).unwrap();
        assert_eq!(again, content);
        let mut again = Vec::new();
        io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&gzip(&content).unwrap()[..]), &mut again).unwrap();
        assert_eq!(again, content);
    }
}
