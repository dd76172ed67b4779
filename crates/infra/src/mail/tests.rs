use std::time::Duration;

use greengrid_app::messages::{Claimed, Mailer, NotSent};
use greengrid_domain::messages::{Letter, LetterImage, LetterKind};
use jiff::Timestamp;

use super::sink::{Manner, SmtpSink};
use super::{MailSettings, MailSettingsError, SmtpMailer};

/// What the tests wait for a server that says nothing.
const PATIENCE: Duration = Duration::from_millis(300);

fn mailer(sink: &SmtpSink) -> SmtpMailer {
    let settings = MailSettings::new(&sink.url(), "GreenGrid <alerts@green.example>").unwrap();
    SmtpMailer::with_patience(&settings, PATIENCE, PATIENCE * 2).unwrap()
}

fn claimed(letter: Letter) -> Claimed {
    Claimed {
        id: 7.into(),
        tries: 1,
        written_at: "2026-06-12T04:30:00Z".parse::<Timestamp>().unwrap(),
        is_last: false,
        letter,
    }
}

fn plain() -> Claimed {
    let letter = Letter::builder()
        .key("report:north:2026-06-12")
        .to("diana@example.org".parse().unwrap())
        .kind(LetterKind::Report)
        .subject("7 sites need action – €381 a day")
        .text("Good morning.\n.\nA line that is a full stop must not end the letter.")
        .build();
    claimed(letter)
}

#[tokio::test]
async fn a_letter_arrives_with_a_message_id_that_follows_from_its_key() {
    let sink = SmtpSink::start().await;
    let mailer = mailer(&sink);

    mailer.is_ready().await.unwrap();
    mailer.send(&plain()).await.unwrap();
    mailer.send(&plain()).await.unwrap();

    let received = sink.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].to, ["diana@example.org"]);
    assert!(received[0].mail.contains("full stop must not end the letter"));
    let id = received[0].header("Message-ID").unwrap();
    assert!(id.ends_with("@green.example>"), "{id}");
    assert_eq!(received[1].header("Message-ID").unwrap(), id);
    assert_eq!(received[0].header("Date").unwrap(), "Fri, 12 Jun 2026 04:30:00 +0000");
    assert_eq!(received[0].header("Auto-Submitted").unwrap(), "auto-generated");
    assert_eq!(received[0].header("List-Unsubscribe"), None);
}

#[tokio::test]
async fn markup_comes_with_its_pictures_and_a_one_click_way_out() {
    let sink = SmtpSink::start().await;
    let mut letter = plain().letter;
    letter.html = Some("<p>Look: <img src=\"cid:spark-1\" alt=\"\"></p>".to_owned());
    letter.unsubscribe = Some("https://green.example/out/4f1c".to_owned());
    letter.images = vec![LetterImage {
        cid: "spark-1".to_owned(),
        media: "image/png".to_owned(),
        bytes: vec![0x89, b'P', b'N', b'G'],
    }];

    mailer(&sink).send(&claimed(letter)).await.unwrap();

    let received = sink.received().remove(0);
    assert_eq!(received.header("List-Unsubscribe").unwrap(), "<https://green.example/out/4f1c>");
    assert_eq!(received.header("List-Unsubscribe-Post").unwrap(), "List-Unsubscribe=One-Click");
    let mail = &received.mail;
    let places = [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "Content-ID: <spark-1>",
        "image/png",
    ]
    .map(|part| mail.find(part).unwrap_or_else(|| panic!("{part} is missing in {mail}")));
    assert!(places.is_sorted(), "{mail}");
}

async fn sent(manner: Manner) -> (SmtpSink, NotSent) {
    let sink = SmtpSink::start().await;
    sink.behave(manner);
    let error = mailer(&sink).send(&plain()).await.unwrap_err();
    (sink, error)
}

#[tokio::test]
async fn an_address_that_does_not_exist_is_refused_for_good() {
    let (_, error) = sent(Manner::RefusesRecipients).await;

    assert!(matches!(&error, NotSent::Refused(why) if why.contains("no such user")), "{error:?}");
}

#[tokio::test]
async fn a_server_that_is_busy_or_silent_is_tried_again() {
    let (_, busy) = sent(Manner::IsBusy).await;
    let (_, silent) = sent(Manner::IsSilent).await;

    assert!(matches!(&busy, NotSent::Failed(why) if why.contains("too busy")), "{busy:?}");
    assert!(matches!(&silent, NotSent::Failed(why) if why.contains("in time")), "{silent:?}");
}

#[tokio::test]
async fn when_its_answer_is_lost_the_letter_counts_as_not_sent() {
    for manner in [Manner::DropsAfterLetter, Manner::HangsAfterLetter] {
        let (sink, error) = sent(manner).await;

        assert!(matches!(error, NotSent::Failed(_)), "{manner:?} {error:?}");
        assert_eq!(sink.received().len(), 1, "{manner:?}");
    }
}

#[tokio::test]
async fn a_server_that_takes_nothing_from_us_or_is_gone_is_away() {
    let sink = SmtpSink::start().await;
    let mailer = mailer(&sink);
    sink.behave(Manner::RefusesUs);
    let refused = mailer.is_ready().await;
    let sent = mailer.send(&plain()).await;
    drop(sink);
    let gone = mailer.is_ready().await;

    assert!(matches!(refused, Err(NotSent::Away(_))), "{refused:?}");
    assert!(matches!(sent, Err(NotSent::Away(_))), "{sent:?}");
    assert!(matches!(gone, Err(NotSent::Away(_))), "{gone:?}");
}

#[test]
fn settings_are_refused_with_what_they_should_look_like_and_never_shown() {
    let wrong = |url, from| MailSettings::new(url, from).unwrap_err();
    let good = MailSettings::new("smtps://user:s3cret@mail.example.org", "a@example.org").unwrap();

    assert_eq!(wrong("mail.example.org", "a@example.org"), MailSettingsError::Url);
    assert_eq!(wrong("smtp://localhost:2525", "nobody"), MailSettingsError::From);
    assert!(!format!("{good:?}").contains("s3cret"));
}
