use super::App;

impl App {
    /// Subject and text of the letters to an address, the oldest first.
    pub(crate) async fn letters_to(&self, email: &str) -> Vec<String> {
        sqlx::query_scalar(
            "select subject || E'\\n' || body_text from mail_letter where recipient = $1 order by id",
        )
        .bind(email)
        .fetch_all(&self.db.pool())
        .await
        .unwrap()
    }

    /// The paths of links in the letters to an address that begin so, the
    /// oldest first.
    pub(crate) async fn links_sent_to(&self, email: &str, begin: &str) -> Vec<String> {
        let letters = self.letters_to(email).await;
        letters
            .iter()
            .flat_map(|letter| letter.lines())
            .filter_map(|line| Some(line[line.find(begin)?..].trim().to_owned()))
            .collect()
    }

    /// The latest of them.
    pub(crate) async fn link_sent_to(&self, email: &str, begin: &str) -> String {
        self.links_sent_to(email, begin).await.pop().unwrap()
    }
}
