use std::fmt;
use std::str::FromStr;

/// An e-mail address, kept as typed and compared without regard to case.
#[derive(Debug, Clone)]
pub struct EmailAddress(String);

/// Why an address was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an e-mail address looks like name@example.org")]
pub struct EmailAddressError;

impl FromStr for EmailAddress {
    type Err = EmailAddressError;

    /// Accepts what RFC 5321 calls a dot-string mailbox, also with letters
    /// beyond ASCII (RFC 6531); whether it exists only a mail can tell.
    fn from_str(raw: &str) -> Result<Self, EmailAddressError> {
        let address = raw.trim();
        let (local, domain) = address.rsplit_once('@').ok_or(EmailAddressError)?;
        let plain =
            |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[]\\,;:\"@".contains(c);
        let fits = (1..=64).contains(&local.len())
            && address.len() <= 254
            && local.chars().all(plain)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && domain.contains('.')
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            });
        if fits { Ok(Self(address.to_owned())) } else { Err(EmailAddressError) }
    }
}

impl EmailAddress {
    /// The address as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which two addresses are the same: lower case.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.folded() == other.folded()
    }
}

impl Eq for EmailAddress {}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, fits: bool) {
        assert_eq!(raw.parse::<EmailAddress>().is_ok(), fits, "{raw}");
    }

    #[test]
    fn addresses_as_people_write_them() {
        check("diana@example.org", true);
        check(" Diana+solar@Example.ORG ", true);
        check("jürgen@münchen.example", true);
        check("diana@localhost", false);
        check("diana", false);
        check("a b@example.org", false);
        check("a@example.org\r\nbcc: b@example.org", false);
        check(".a@example.org", false);
        check("a@-example.org", false);
    }

    #[test]
    fn case_does_not_tell_addresses_apart() {
        let one: EmailAddress = "Diana@Example.org".parse().unwrap();

        assert_eq!(one, "diana@example.ORG".parse().unwrap());
        assert_eq!(one.as_str(), "Diana@Example.org");
    }
}
