//! The names of all objects as one text, so that a search for words reads memory straight ahead: 100,000 apps are some 10 MB.

use memchr::memmem;

/// Between two objects' names. No word has it.
const END: u8 = b'\n';

/// Objects are known by their places in the index.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// In lower case, each object's ended by [`END`].
    text: Vec<u8>,
    /// In the text's order; as long as the text once all is written.
    pieces: Vec<Piece>,
    /// By object: its piece.
    of: Vec<Option<usize>>,
    /// Bytes of pieces that were replaced.
    stale: usize,
}

/// What one object is called, or was.
#[derive(Debug, Clone, Copy)]
struct Piece {
    begin: usize,
    /// `None`: it has other names by now.
    object: Option<usize>,
}

impl Names {
    /// `names`: in lower case, a line each. They take the place of those it had.
    pub fn put(&mut self, object: usize, names: &str) {
        if self.of.len() <= object {
            self.of.resize(object + 1, None);
        }
        if let Some(old) = self.of[object].take() {
            self.pieces[old].object = None;
            self.stale += self.content(old).len();
        }
        self.write(object, names.as_bytes());
        if self.stale > self.text.len() / 2 {
            self.rewrite();
        }
    }

    /// The objects that have all of these words in their names. `words`: in lower case.
    pub fn having<'a>(&'a self, words: &'a [String]) -> impl Iterator<Item = usize> + 'a {
        let longest = words.iter().max_by_key(|word| word.len());
        let finder = longest.map(|word| memmem::Finder::new(word.as_bytes()));
        let others: Vec<_> = words
            .iter()
            .filter(|word| Some(*word) != longest)
            .map(|word| memmem::Finder::new(word.as_bytes()))
            .collect();
        let mut from = 0;
        std::iter::from_fn(move || {
            let finder = finder.as_ref()?;
            loop {
                let at = from + finder.find(self.text.get(from..)?)?;
                let found = self.pieces.partition_point(|piece| piece.begin <= at) - 1;
                let content = self.content(found);
                from = self.pieces[found].begin + content.len();
                if let Some(object) = self.pieces[found].object
                    && others.iter().all(|other| other.find(content).is_some())
                {
                    return Some(object);
                }
            }
        })
    }

    fn content(&self, piece: usize) -> &[u8] {
        let end = self.pieces.get(piece + 1).map_or(self.text.len(), |next| next.begin);
        &self.text[self.pieces[piece].begin..end]
    }

    fn write(&mut self, object: usize, names: &[u8]) {
        self.of[object] = Some(self.pieces.len());
        self.pieces.push(Piece { begin: self.text.len(), object: Some(object) });
        self.text.extend_from_slice(names);
        self.text.push(END);
    }

    /// Without what is stale.
    fn rewrite(&mut self) {
        let old = std::mem::take(self);
        self.of.resize(old.of.len(), None);
        for (at, piece) in old.pieces.iter().enumerate() {
            if let (Some(object), [names @ .., END]) = (piece.object, old.content(at)) {
                self.write(object, names);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn having(names: &Names, words: &[&str]) -> Vec<usize> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let mut found: Vec<usize> = names.having(&words).collect();
        found.sort_unstable();
        found
    }

    #[test]
    fn all_words_of_one_object() {
        let mut names = Names::default();
        names.put(0, "payroll-batch\ncn=payroll.example");
        names.put(2, "batch");
        names.put(1, "invoice\ncn=batch.example");
        assert_eq!(having(&names, &["batch"]), [0, 1, 2]);
        assert_eq!(having(&names, &["cn=", "batch"]), [0, 1]);
        assert_eq!(having(&names, &["payroll", "invoice"]), [] as [usize; 0], "of two objects");
        assert_eq!(having(&names, &["batch", "batch"]), [0, 1, 2]);
        assert_eq!(having(&names, &[]), [] as [usize; 0]);
    }

    proptest! {
        /// As looking at each object finds it, whatever was put before.
        #[test]
        fn what_is_there_now(puts in prop::collection::vec((0usize..6, "[ab]{0,4}(\n[abé]{0,4})?"), 0..40), words in prop::collection::vec("[abé]{1,3}", 0..3)) {
            let mut names = Names::default();
            let mut now = vec![None; 6];
            for (object, text) in puts {
                names.put(object, &text);
                now[object] = Some(text);
            }
            let fits = |text: &String| !words.is_empty() && words.iter().all(|word| text.contains(word.as_str()));
            let expected: Vec<usize> = (0..6).filter(|object| now[*object].as_ref().is_some_and(fits)).collect();
            let mut found: Vec<usize> = names.having(&words).collect();
            found.sort_unstable();
            prop_assert_eq!(found, expected);
            let live: usize = now.iter().flatten().map(|text| text.len() + 1).sum();
            prop_assert!(names.text.len() <= 2 * live + 1, "{} bytes for {}", names.text.len(), live);
        }
    }
}
