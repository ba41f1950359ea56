//! The pages whose work the browser's worker does, and renders: keys and pasted text stay there.

pub mod doctor;
pub mod make;
pub mod proof;
