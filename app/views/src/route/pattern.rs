//! The shape of a path, as axum writes it: `/apps/{id}/proof`.

/// Segments in braces stand for a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pattern(pub &'static str);

fn parameter(segment: &'static str) -> Option<&'static str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.strip_prefix('/').unwrap_or(path).split('/')
}

impl Pattern {
    /// The path with these values in place of the parameters, in their order.
    pub fn fill(self, values: &[String]) -> String {
        let mut values = values.iter();
        let mut path = String::new();
        for segment in segments(self.0) {
            let value = if parameter(segment).is_some() { values.next().map(String::as_str) } else { None };
            path.push('/');
            path.push_str(value.unwrap_or(segment));
        }
        path
    }

    /// The parameters' names and values, where the path has this shape.
    pub fn values(self, path: &str) -> Option<Vec<(&'static str, &str)>> {
        if !path.starts_with('/') {
            return None;
        }
        let mut values = Vec::new();
        let (mut wanted, mut found) = (segments(self.0), segments(path));
        loop {
            match (wanted.next(), found.next()) {
                (None, None) => return Some(values),
                (Some(segment), Some(value)) => match parameter(segment) {
                    Some(name) if !value.is_empty() => values.push((name, value)),
                    None if segment == value => {}
                    _ => return None,
                },
                _ => return None,
            }
        }
    }

    /// Its first segment: `apps` of `/apps/{id}`.
    pub fn first(self) -> &'static str {
        self.0.strip_prefix('/').unwrap_or(self.0).split('/').next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shape_is_filled_and_read() {
        let pattern = Pattern("/apps/{id}/proof");
        assert_eq!(pattern.fill(&["7".into()]), "/apps/7/proof");
        assert_eq!(pattern.values("/apps/7/proof"), Some(vec![("id", "7")]));
        for other in ["/apps/7", "/apps/7/proof/", "/apps//proof", "apps/7/proof", "/app/7/proof", "/apps/7/history"] {
            assert_eq!(pattern.values(other), None, "{other}");
        }
        assert_eq!(Pattern("/").fill(&[]), "/");
        assert_eq!(Pattern("/").values("/"), Some(vec![]));
    }
}
