//! The pages whose work the browser's worker does, and renders: keys and pasted text stay there.

pub mod doctor;
pub mod make;
pub mod proof;

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
