//! The binary format of WebAssembly, as far as it is needed here.
//! <https://webassembly.github.io/spec/core/binary/modules.html>

pub const MAGIC: &[u8] = b"\0asm\x01\0\0\0";

/// The sections in their order: kind and content. `None` in place of one: the module is cut off there.
pub struct Sections<'a>(&'a [u8]);

impl<'a> Sections<'a> {
    /// `None` where it is no module.
    pub fn of(wasm: &'a [u8]) -> Option<Self> {
        wasm.strip_prefix(MAGIC).map(Self)
    }
}

impl<'a> Iterator for Sections<'a> {
    type Item = Option<(u8, &'a [u8])>;

    fn next(&mut self) -> Option<Self::Item> {
        let (&kind, after) = self.0.split_first()?;
        let section = number(after).and_then(|(length, after)| after.split_at_checked(length));
        self.0 = section.map_or(&[], |(_, rest)| rest);
        Some(section.map(|(content, _)| (kind, content)))
    }
}

pub fn put_section(kind: u8, content: &[u8], to: &mut Vec<u8>) {
    to.push(kind);
    put_number(content.len(), to);
    to.extend_from_slice(content);
}

/// Unsigned LEB128 of 32 bits.
pub fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (mut value, mut rest) = (0, bytes);
    for shift in [0, 7, 14, 21, 28] {
        let (&byte, after) = rest.split_first()?;
        rest = after;
        value |= usize::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some((value, rest));
        }
    }
    None
}

pub fn put_number(mut value: usize, to: &mut Vec<u8>) {
    loop {
        let byte = u8::try_from(value & 0x7f).unwrap_or_default();
        value >>= 7;
        if value == 0 {
            return to.push(byte);
        }
        to.push(byte | 0x80);
    }
}

pub fn text(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = number(bytes)?;
    let (text, rest) = rest.split_at_checked(length)?;
    Some((std::str::from_utf8(text).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for value in [0, 127, 128, 16_384, 2_097_152] {
            let mut bytes = Vec::new();
            put_number(value, &mut bytes);
            assert_eq!(number(&bytes), Some((value, &[][..])));
        }
    }

    #[test]
    fn a_module_that_is_cut_off_says_so() {
        let wasm = [MAGIC, &[1, 2, 7, 8, 2, 5, 0]].concat();
        let sections: Vec<_> = Sections::of(&wasm).into_iter().flatten().collect();
        assert_eq!(sections, [Some((1, &[7, 8][..])), None]);
        assert!(Sections::of(b"no module").is_none());
    }
}
