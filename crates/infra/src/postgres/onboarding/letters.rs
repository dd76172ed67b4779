use greengrid_app::onboarding::CaseLetter;
use greengrid_domain::messages::{Letter, LetterKind};
use sqlx::PgConnection;

use crate::postgres::messages;

/// Puts letters into the outbox, in the transaction that makes a reason for
/// them.
pub(super) async fn enqueue(
    tx: &mut PgConnection,
    letters: &[CaseLetter],
    kind: LetterKind,
) -> Result<(), sqlx::Error> {
    let letters: Vec<Letter> = letters
        .iter()
        .filter_map(|letter| {
            // What is no address was judged before; nothing can be sent to it.
            let to = letter.to.parse().ok()?;
            Some(
                Letter::builder()
                    .key(letter.key.as_str())
                    .to(to)
                    .kind(kind)
                    .subject(letter.subject.as_str())
                    .text(letter.text.as_str())
                    .build(),
            )
        })
        .collect();
    messages::enqueue(tx, &letters).await?;
    Ok(())
}
