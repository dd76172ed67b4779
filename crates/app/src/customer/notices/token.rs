use greengrid_domain::customer::NoticeKind;
use greengrid_domain::identity::UserId;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use strum::IntoEnumIterator;
use uuid::Uuid;

type HmacSha256 = Hmac<Sha256>;

/// Signs the addresses by which people stop letters without signing in. They
/// say who and which kind, and nothing else can be done with them, so they stay
/// good for as long as the letter is kept.
#[derive(Clone)]
pub struct UnsubscribeKey([u8; 32]);

impl UnsubscribeKey {
    /// The key that follows from a secret of the server's.
    #[must_use]
    pub fn derived(secret: &[u8]) -> Self {
        let mut mac = keyed(&Sha256::digest(secret).into());
        mac.update(b"greengrid unsubscribe 1");
        Self(mac.finalize().into_bytes().into())
    }

    /// The part of an address that stops letters of a kind to a person:
    /// `{person}.{kind}.{signature}`.
    #[must_use]
    pub fn token(&self, user: UserId, kind: NoticeKind) -> String {
        let said = format!("{}.{kind}", Uuid::from(user).simple());
        let signature = hex::encode(self.signature(&said).finalize().into_bytes());
        format!("{said}.{signature}")
    }

    /// Whom and which kind such a part names, if we signed it.
    #[must_use]
    pub fn read(&self, token: &str) -> Option<(UserId, NoticeKind)> {
        let (said, signature) = token.rsplit_once('.')?;
        let signature = hex::decode(signature).ok()?;
        self.signature(said).verify_slice(&signature).ok()?;
        let (user, kind) = said.split_once('.')?;
        let user: Uuid = user.parse().ok()?;
        Some((user.into(), NoticeKind::iter().find(|known| known.to_string() == kind)?))
    }

    fn signature(&self, said: &str) -> HmacSha256 {
        let mut mac = keyed(&self.0);
        mac.update(said.as_bytes());
        mac
    }
}

fn keyed(key: &[u8; 32]) -> HmacSha256 {
    let mut block = hmac::digest::Key::<HmacSha256>::default();
    block[..32].copy_from_slice(key);
    HmacSha256::new(&block)
}

impl std::fmt::Debug for UnsubscribeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UnsubscribeKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> UnsubscribeKey {
        UnsubscribeKey::derived(b"0123456789abcdef0123456789abcdef")
    }

    #[test]
    fn a_token_names_whom_and_what_it_was_made_for() {
        let user = Uuid::from_u128(7).into();

        for kind in NoticeKind::iter() {
            assert_eq!(key().read(&key().token(user, kind)), Some((user, kind)));
        }
        let other = UnsubscribeKey::derived(b"another secret of at least 32 characters");
        assert_eq!(other.read(&key().token(user, NoticeKind::Fault)), None);
    }

    proptest! {
        #[test]
        fn no_altered_token_is_good(at in 0usize..104, to in "[0-9a-z._]") {
            let token = key().token(Uuid::from_u128(7).into(), NoticeKind::Fault);
            let at = at % token.len();
            let mut altered = token.clone();
            altered.replace_range(at..=at, &to);
            prop_assert_eq!(key().read(&altered).is_some(), altered == token);
        }

        #[test]
        fn what_we_did_not_sign_is_nothing(token in "\\PC{0,120}") {
            prop_assert_eq!(key().read(&token), None);
        }
    }
}
