use sha2::{Digest, Sha256};

/// What attempts on an account are counted under: the hash of what was typed,
/// in the form in which two addresses are the same, whether or not there is
/// such an account. Each kind of attempt has a count of its own.
pub(super) fn key(kind: &str, account: &str) -> [u8; 32] {
    let folded = account.trim().to_lowercase();
    if kind.is_empty() {
        return Sha256::digest(folded.as_bytes()).into();
    }
    Sha256::digest(format!("{kind}\0{folded}").as_bytes()).into()
}
