use std::time::SystemTime;

use greengrid_app::messages::Claimed;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Message, MultiPart, SinglePart};
use sha2::{Digest, Sha256};

/// Why a letter cannot be put into the form of a mail.
#[derive(Debug, thiserror::Error)]
pub(super) enum ComposeError {
    #[error("its recipient’s address cannot be written in a mail")]
    Recipient(#[source] lettre::address::AddressError),
    #[error("it cannot be written as a mail")]
    Message(#[from] lettre::error::Error),
    #[error("“{0}” is no kind of picture")]
    Picture(String),
}

/// A letter as a mail (RFC 5322): plain text, and where there is markup, that
/// as the better alternative together with its pictures (RFC 2387).
pub(super) fn compose(claimed: &Claimed, from: &Mailbox) -> Result<Message, ComposeError> {
    let letter = &claimed.letter;
    let to = letter.to.as_str().parse().map_err(ComposeError::Recipient)?;
    let mut message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(letter.subject.as_str())
        .date(SystemTime::from(claimed.written_at))
        .message_id(Some(message_id(letter.key.as_str(), from)))
        // RFC 3834: nobody’s out-of-office should answer.
        .raw_header(header("Auto-Submitted", "auto-generated"));
    if let Some(address) = &letter.unsubscribe {
        message = message
            .raw_header(header("List-Unsubscribe", &format!("<{address}>")))
            .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    let text = SinglePart::plain(letter.text.clone());
    let Some(html) = &letter.html else { return Ok(message.singlepart(text)?) };
    let html = SinglePart::html(html.clone());
    let both = MultiPart::alternative().singlepart(text);
    if letter.images.is_empty() {
        return Ok(message.multipart(both.singlepart(html))?);
    }
    let mut related = MultiPart::related().singlepart(html);
    for image in &letter.images {
        let kind = ContentType::parse(&image.media)
            .map_err(|_| ComposeError::Picture(image.media.clone()))?;
        let part = Attachment::new_inline(image.cid.clone()).body(image.bytes.clone(), kind);
        related = related.singlepart(part);
    }
    Ok(message.multipart(both.multipart(related))?)
}

/// Follows from the key of the letter, so that every try to send it has the
/// same one and a repeat is known as such.
pub(super) fn message_id(key: &str, from: &Mailbox) -> String {
    let hash = Sha256::digest(key.as_bytes());
    format!("<{}@{}>", hex::encode(&hash[..16]), from.email.domain())
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
