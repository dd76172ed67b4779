use greengrid_domain::onboarding::{CaseId, Problem};
use greengrid_domain::text::single_line;
use uuid::Uuid;

use super::editing::problem;
use super::{FileContent, FileEntry, Onboarding, OnboardingError};
use crate::actor::{Actor, Permission};

/// Bytes of a file, at most: 10 MiB.
pub const LARGEST_FILE: usize = 10 << 20;

/// Characters of a file’s name.
const NAME: usize = 120;

impl Onboarding {
    /// Attaches a file: a contract or a picture, which its content has to show.
    pub async fn attach(
        &self,
        actor: &Actor,
        case: CaseId,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<(), OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        self.store.find(case).await?.ok_or(OnboardingError::Missing)?;
        let media_type = kind(&bytes)?.to_owned();
        let entry = FileEntry {
            id: self.ids.uuid(),
            name: name_of(name),
            media_type,
            size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            by: actor.initiator(),
            at: self.clock.now(),
        };
        let file = FileContent { entry, bytes };
        Ok(self.store.attach(actor.initiator(), case, file).await?)
    }

    /// A file with its content.
    pub async fn file(
        &self,
        actor: &Actor,
        case: CaseId,
        file: Uuid,
    ) -> Result<FileContent, OnboardingError> {
        actor.require(Permission::ViewOnboarding)?;
        self.store.file(case, file).await?.ok_or(OnboardingError::Missing)
    }

    /// Takes a file away.
    pub async fn detach(
        &self,
        actor: &Actor,
        case: CaseId,
        file: Uuid,
    ) -> Result<(), OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        let gone = self.store.detach(actor.initiator(), case, file, self.clock.now()).await?;
        if gone { Ok(()) } else { Err(OnboardingError::Missing) }
    }
}

/// What a file is by its first bytes; its name and what the browser says do
/// not count.
fn kind(bytes: &[u8]) -> Result<&'static str, Problem> {
    if bytes.is_empty() {
        return Err(problem("the file is empty"));
    }
    if bytes.len() > LARGEST_FILE {
        return Err(problem("a file has at most 10 MiB"));
    }
    let found = infer::get(bytes).map(|kind| kind.mime_type());
    match found {
        Some(
            kind @ ("application/pdf" | "image/jpeg" | "image/png" | "image/webp" | "image/heif"),
        ) => Ok(kind),
        Some(other) => Err(problem(&format!(
            "this is {other} by its content; attach a PDF or a picture (JPEG, PNG, WebP, HEIC)"
        ))),
        None => Err(problem("attach a PDF or a picture (JPEG, PNG, WebP, HEIC)")),
    }
}

/// A name without what could lead elsewhere.
fn name_of(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String =
        single_line(last).chars().filter(|c| !"\"<>|:*?;".contains(*c)).take(NAME).collect();
    if name.trim_matches('.').is_empty() { "file".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_content_says() {
        assert_eq!(kind(b"%PDF-1.7\n%...").unwrap(), "application/pdf");
        assert_eq!(kind(&[0xff, 0xd8, 0xff, 0xe0, 0, 0x10]).unwrap(), "image/jpeg");
        assert!(kind(b"<html><script>alert(1)</script></html>").is_err());
        assert!(kind(b"MZ\x90\0\x03\0\0\0").is_err());
        assert!(kind(b"").is_err());
        assert!(kind(&vec![0; LARGEST_FILE + 1]).is_err());
    }

    #[test]
    fn names_lead_nowhere() {
        assert_eq!(name_of("../../etc/passwd"), "passwd");
        assert_eq!(name_of("C:\\Users\\x\\Roof \u{202e}plan.pdf"), "Roof plan.pdf");
        assert_eq!(name_of("a\"; filename=b.html"), "a filename=b.html");
        assert_eq!(name_of(".."), "file");
    }
}
