use std::fmt;
use std::str::FromStr;

/// An e-mail address, compared without regard to case.
///
/// The domain is kept as the name system knows it (RFC 5891): in lower case,
/// letters beyond ASCII in Punycode, so both spellings of a domain are one
/// address and every mail server takes it. The part before it is kept as typed;
/// with letters beyond ASCII in lower case, because not every database folds
/// those.
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
        let written = |c: char| c.is_alphanumeric() || c == '-' || c == '.' || c == '\u{b7}';
        if !domain.chars().all(written) {
            return Err(EmailAddressError);
        }
        let domain = idna::domain_to_ascii(domain).map_err(|_| EmailAddressError)?;
        let fits = (1..=64).contains(&local.len())
            && local.len() + 1 + domain.len() <= 254
            && local.chars().all(plain)
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && domain.contains('.')
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.len() <= 63
                    && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            });
        if !fits {
            return Err(EmailAddressError);
        }
        let local = if local.is_ascii() { local.to_owned() } else { local.to_lowercase() };
        Ok(Self(format!("{local}@{domain}")))
    }
}

impl EmailAddress {
    /// The address as kept and as mail servers take it.
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
    /// As people write it: the domain in its own letters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.rsplit_once('@') {
            Some((local, domain)) => {
                let (domain, legible) = idna::domain_to_unicode(domain);
                if legible.is_ok() { write!(f, "{local}@{domain}") } else { f.write_str(&self.0) }
            }
            None => f.write_str(&self.0),
        }
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
        check("a@example..org", false);
        check("a@exa%6dple.org", false);
        check("a@xn--a.example", false);
        check(&format!("a@{}.org", "b".repeat(64)), false);
    }

    #[test]
    fn case_does_not_tell_addresses_apart() {
        let one: EmailAddress = "Diana@Example.org".parse().unwrap();

        assert_eq!(one, "diana@example.ORG".parse().unwrap());
        assert_eq!(one.as_str(), "Diana@example.org");
    }

    #[test]
    fn both_spellings_of_a_domain_are_one_address() {
        let typed: EmailAddress = "Jürgen+Dach@MÜNCHEN.example".parse().unwrap();
        let coded: EmailAddress = "jürgen+dach@xn--mnchen-3ya.example".parse().unwrap();

        assert_eq!(typed, coded);
        assert_eq!(typed.as_str(), "jürgen+dach@xn--mnchen-3ya.example");
        assert_eq!(coded.to_string(), "jürgen+dach@münchen.example");
        assert_eq!(typed.to_string().parse::<EmailAddress>().unwrap(), typed);
    }
}
