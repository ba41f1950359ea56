//! The browser's worker, as pages ask for it.

/// The parts of the browser's worker that a page can need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Reads certificates and PFX files.
    Certificates,
    /// Makes keys.
    Make,
    /// Reads keys and signs, and judges what Entra answers.
    Proof,
    /// Judges errors.
    Doctor,
}

impl Tool {
    /// As in `data-tool`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certificates => "certificates",
            Self::Make => "make",
            Self::Proof => "proof",
            Self::Doctor => "doctor",
        }
    }
}
