//! Takes out of the worker what rendering to a text never runs.
//!
//! A view of a type that is not known when it is compiled (tachys' `AnyView`) carries functions for all that a view can do: to
//! build it in a DOM, to render it bit by bit, to wait for what it needs. The worker renders to a text at once, and nothing
//! else; yet a linker keeps what a table of functions names. Their bodies are replaced by a trap here, before wasm-bindgen
//! drops what is reached no more.

use crate::module::{MAGIC, Sections, number, put_number, put_section, text};
use std::collections::HashMap;

const CUSTOM: u8 = 0;
const IMPORTS: u8 = 2;
const CODE: u8 = 10;
/// In the section `name`: names of functions.
const FUNCTIONS: u8 = 1;
/// No locals, `unreachable`, `end`.
const TRAP: &[u8] = &[0, 0x00, 0x0b];

/// As both of rustc's manglings write paths: `into_any::resolve`. What could have the very code of something else (an empty
/// function, or one that only drops) is not among them, for the compiler makes one of two such functions.
const OF_VIEWS: [&str; 2] = ["8into_any", "13into_any_attr"];
const NEVER_RUN: [&str; 4] = ["5build", "7resolve", "13to_html_async", "17to_html_async_ooo"];

/// The module without them, and how many there were. `None` where it cannot be read.
pub fn cut(wasm: &[u8]) -> Option<(Vec<u8>, usize)> {
    let sections: Vec<_> = Sections::of(wasm)?.collect::<Option<_>>()?;
    let content = |kind| sections.iter().find(|(other, _)| *other == kind).map(|(_, content)| *content);
    let imported = content(IMPORTS).map_or(Some(0), imported_functions)?;
    let names = sections.iter().filter(|(kind, _)| *kind == CUSTOM).find_map(|(_, content)| {
        let (name, rest) = text(content)?;
        (name == "name").then(|| names(rest))
    })??;
    let mut out = MAGIC.to_vec();
    let mut found = 0;
    for (kind, content) in &sections {
        let replaced = if *kind == CODE {
            Some(without(content, |at| names.get(&(imported + at)).is_some_and(|name| is_never_run(name)), &mut found)?)
        } else {
            None
        };
        put_section(*kind, replaced.as_deref().unwrap_or(content), &mut out);
    }
    Some((out, found))
}

fn is_never_run(name: &str) -> bool {
    OF_VIEWS.iter().any(|of| {
        name.match_indices(of).any(|(at, _)| NEVER_RUN.iter().any(|never| name[at + of.len()..].starts_with(never)))
    })
}

fn without(code: &[u8], is_cut: impl Fn(usize) -> bool, found: &mut usize) -> Option<Vec<u8>> {
    let (count, mut rest) = number(code)?;
    let mut out = Vec::with_capacity(code.len());
    put_number(count, &mut out);
    for at in 0..count {
        let (length, after) = number(rest)?;
        let (body, after) = after.split_at_checked(length)?;
        rest = after;
        let cut = is_cut(at);
        *found += usize::from(cut);
        let body = if cut { TRAP } else { body };
        put_number(body.len(), &mut out);
        out.extend_from_slice(body);
    }
    Some(out)
}

/// Functions come before all others in the count of functions. The compiler imports nothing else.
fn imported_functions(content: &[u8]) -> Option<usize> {
    let (count, mut rest) = number(content)?;
    for _ in 0..count {
        let (_, after) = text(rest)?;
        let (_, after) = text(after)?;
        let after = after.strip_prefix(&[0])?;
        (_, rest) = number(after)?;
    }
    Some(count)
}

/// <https://webassembly.github.io/spec/core/appendix/custom.html#name-section>
fn names(mut rest: &[u8]) -> Option<HashMap<usize, &str>> {
    let mut out = HashMap::new();
    while let Some((&kind, after)) = rest.split_first() {
        let (length, after) = number(after)?;
        let (content, after) = after.split_at_checked(length)?;
        rest = after;
        if kind == FUNCTIONS {
            let (count, mut content) = number(content)?;
            for _ in 0..count {
                let (function, after) = number(content)?;
                let (name, after) = text(after)?;
                out.insert(function, name);
                content = after;
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    /// Imports one function, and has three: to be kept, to be cut, and to be kept.
    fn module(named: &str) -> Vec<u8> {
        let mut wasm = MAGIC.to_vec();
        put_section(IMPORTS, b"\x01\x01m\x01f\0\0", &mut wasm);
        put_section(CODE, b"\x03\x04\0\x01\x01\x0b\x05\0\x01\x01\x01\x0b\x02\0\x0b", &mut wasm);
        let mut functions = vec![2];
        for (function, name) in [(1, "_ZN3one4main17h0E"), (2, named)] {
            functions.push(function);
            put_number(name.len(), &mut functions);
            functions.extend_from_slice(name.as_bytes());
        }
        let mut content = b"\x04name".to_vec();
        put_section(FUNCTIONS, &functions, &mut content);
        put_section(CUSTOM, &content, &mut wasm);
        wasm
    }

    #[test]
    fn what_a_text_needs_not_is_a_trap_and_the_rest_is_as_it_was() {
        let name = "_ZN53_$LT$T$u20$as$u20$tachys..view..any_view..IntoAny$GT$8into_any7resolve17h0E";
        let (wasm, found) = cut(&module(name)).unwrap();
        assert_eq!(found, 1);
        let sections: Vec<_> = Sections::of(&wasm).unwrap().map(Option::unwrap).collect();
        assert_eq!(sections[1], (CODE, &b"\x03\x04\0\x01\x01\x0b\x03\0\0\x0b\x02\0\x0b"[..]));
        let before = module(name);
        let before: Vec<_> = Sections::of(&before).unwrap().map(Option::unwrap).collect();
        assert_eq!((sections[0], sections[2]), (before[0], before[2]));
    }

    #[test]
    fn what_a_text_needs_stays() {
        for name in ["8into_any7to_html17h0E", "8into_any17h0E", "8into_any11dry_resolve17h0E", "5build17h0E"] {
            assert_eq!(cut(&module(name)).unwrap(), (module(name), 0), "{name}");
        }
    }

    #[test]
    fn without_names_nothing_can_be_told() {
        let whole = module("x");
        let names = whole.len() - 2;
        assert_eq!(cut(&whole[..names]), None);
        assert_eq!(cut(b"no module"), None);
        assert_eq!(cut(MAGIC), None);
    }
}
