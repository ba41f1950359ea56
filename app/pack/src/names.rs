//! The names by which WebAssembly asks for its imports. wasm-bindgen makes them long and with hashes, so that they are
//! never the same; that is a tenth of a small module, twice, and compresses badly.

use crate::module::{MAGIC, Sections, number, put_number, put_section, text};
use std::collections::HashMap;

const IMPORTS: u8 = 2;

/// The module and its script with short names; `None` where the two do not fit to each other, or are something else.
pub fn shorten(script: &str, wasm: &[u8]) -> Option<(String, Vec<u8>)> {
    let (mut short, mut shortened) = (HashMap::new(), MAGIC.to_vec());
    for section in Sections::of(wasm)? {
        let (kind, content) = section?;
        let renamed = if kind == IMPORTS { Some(imports(content, &mut short)?) } else { None };
        put_section(kind, renamed.as_deref().unwrap_or(content), &mut shortened);
    }
    let mut found = 0;
    let script = identifiers(script, |name| {
        let name = short.get(name)?;
        found += 1;
        Some(name.clone())
    });
    // Each is named once, where it is given.
    (found == short.len()).then_some((script, shortened))
}

/// <https://webassembly.github.io/spec/core/binary/modules.html#import-section>
fn imports(content: &[u8], short: &mut HashMap<String, String>) -> Option<Vec<u8>> {
    let (count, mut rest) = number(content)?;
    let mut renamed = Vec::new();
    put_number(count, &mut renamed);
    for _ in 0..count {
        let (module, after) = text(rest)?;
        let (name, after) = text(after)?;
        let (&kind, after) = after.split_first()?;
        // A function has the number of its type; of tables and memories the bindings import none.
        if kind != 0 {
            return None;
        }
        let (its_type, after) = number(after)?;
        rest = after;
        let next = letters(short.len());
        let name = short.entry(name.to_owned()).or_insert(next);
        for text in [module, name] {
            put_number(text.len(), &mut renamed);
            renamed.extend_from_slice(text.as_bytes());
        }
        renamed.push(kind);
        put_number(its_type, &mut renamed);
    }
    Some(renamed)
}

/// `a` to `z`, then `aa`.
fn letters(mut number: usize) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, char::from(b"abcdefghijklmnopqrstuvwxyz"[number % 26]));
        if number < 26 {
            return name;
        }
        number = number / 26 - 1;
    }
}

fn identifiers(script: &str, mut replace: impl FnMut(&str) -> Option<String>) -> String {
    let in_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut replaced = String::new();
    let mut rest = script;
    while !rest.is_empty() {
        let end = rest.find(|c| !in_name(c)).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        replaced.push_str(replace(name).as_deref().unwrap_or(name));
        let end = after.find(in_name).unwrap_or(after.len());
        let (between, after) = after.split_at(end);
        replaced.push_str(between);
        rest = after;
    }
    replaced
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    /// Imports `./m.js` `__wbg_one_00` and `__wbg_two_11`, both of type 0.
    fn module() -> Vec<u8> {
        let mut content = vec![2];
        for name in ["__wbg_one_00", "__wbg_two_11"] {
            for text in ["./m.js", name] {
                content.push(u8::try_from(text.len()).unwrap());
                content.extend_from_slice(text.as_bytes());
            }
            content.extend([0, 0]);
        }
        let mut wasm = MAGIC.to_vec();
        wasm.extend([1, 4, 1, 0x60, 0, 0, IMPORTS, u8::try_from(content.len()).unwrap()]);
        wasm.extend(content);
        wasm.extend([0, 2, 1, b'x']);
        wasm
    }

    #[test]
    fn both_get_the_same_short_names() {
        let script = r#"const i={__wbg_one_00:function(){},__wbg_two_11:()=>__wbg_two_110};return{"./m.js":i}"#;
        let (script, wasm) = shorten(script, &module()).unwrap();
        assert_eq!(script, r#"const i={a:function(){},b:()=>__wbg_two_110};return{"./m.js":i}"#);
        let mut expected = MAGIC.to_vec();
        expected.extend([1, 4, 1, 0x60, 0, 0, IMPORTS, 23, 2]);
        expected.extend(b"\x06./m.js\x01a\0\0\x06./m.js\x01b\0\0");
        expected.extend([0, 2, 1, b'x']);
        assert_eq!(wasm, expected);
    }

    #[test]
    fn what_does_not_fit_is_left_alone() {
        assert_eq!(shorten("const i={__wbg_one_00:1}", &module()), None, "an import that the script does not give");
        assert_eq!(shorten("", b"no module"), None);
        assert_eq!(shorten("", &module()[..20]), None);
    }

    #[test]
    fn names_are_counted_in_letters() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["a", "z", "aa", "zz", "aaa"]);
    }
}
