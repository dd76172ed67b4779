//! What the letters say: plain words, with the number that matters first.

use std::fmt::Write as _;

use greengrid_domain::customer::{Assumptions, NoticeKind, SelfUse};
use greengrid_domain::fleet::Site;
use greengrid_domain::messages::{Letter, LetterKind};
use greengrid_domain::units::{Energy, Money};
use jiff::Timestamp;
use jiff::civil::Date;

use super::contracts::{Occasion, Recipient};
use super::token::UnsubscribeKey;
use crate::customer::Trouble;
use crate::messages::Links;

/// How letters are made out.
#[derive(Debug, Clone)]
pub(super) struct Stationery {
    pub(super) links: Links,
    pub(super) key: UnsubscribeKey,
}

/// What a letter says.
pub(super) struct Words {
    pub(super) subject: String,
    pub(super) body: String,
}

impl Stationery {
    /// A letter of an occasion to one person.
    pub(super) fn letter(
        &self,
        kind: NoticeKind,
        occasion: &Occasion,
        to: &Recipient,
        site: &Site,
        words: &Words,
    ) -> Letter {
        let token = self.key.token(to.user, kind);
        let unsubscribe = self.links.to(&format!("/unsubscribe/{token}"));
        let page = self.links.to(&format!("/my/{}", site.code));
        let text = format!(
            "Hello {},\n\n{}\n\nYour site: {page}\n\n--\nYou get this because you see {} on \
             GreenGrid. No more letters of this kind: {unsubscribe}\nAll letters: {}\n",
            to.name.first(),
            words.body,
            site.details.name,
            self.links.to("/account/notices"),
        );
        Letter::builder()
            .key(format!("notice:{kind}:{}:{}:{}", occasion.site, occasion.name, to.user))
            .to(to.email.clone())
            .kind(LetterKind::Notice)
            .subject(words.subject.as_str())
            .text(text)
            .unsubscribe(unsubscribe)
            .build()
    }
}

/// A fault that lasts.
pub(super) fn fault(site: &Site, trouble: &Trouble, now: Timestamp) -> Words {
    let (name, zone) = (&site.details.name, &site.details.zone);
    let since = zone.local(trouble.since).strftime("%A %-d %B, %H:%M");
    let mut body = format!("{}\n\nSince: {since}", trouble.what);
    if let Some(lost) = trouble.lost_per_day {
        let _ = write!(body, "\nWhat it costs you: about {} on a day like the last", kwh(lost));
    }
    let who = trouble.who.as_deref().unwrap_or("our operations team");
    let _ = write!(body, "\nWho is on it: {who}\nWhat happens: {}", trouble.doing);
    let _ = write!(body, "\nBy when: {}", trouble.promise.words(now, zone));
    let subject = match trouble.lost_per_day {
        _ if trouble.only_unseen => format!("{name}: we get no readings since {since}"),
        Some(lost) => format!("{name} loses about {} a day", kwh(lost)),
        None => format!("{name}: something is not right since {since}"),
    };
    Words { subject, body }
}

/// What a month came to.
pub(super) struct Month {
    pub(super) first: Date,
    pub(super) made: Energy,
    /// Days with readings.
    pub(super) days: i32,
    pub(super) year_before: Option<Energy>,
    pub(super) assumptions: Assumptions,
    pub(super) self_use: SelfUse,
}

pub(super) fn month(site: &Site, month: &Month) -> Words {
    let name = &site.details.name;
    let when = month.first.strftime("%B %Y");
    let worth = month.assumptions.worth(month.made, month.self_use);
    let mut body = format!("{name} made {} in {when}.", kwh(month.made));
    if let Some(before) = month.year_before.filter(|before| before.wh() > 0) {
        let percent = (month.made.wh() - before.wh()) * 100 / before.wh();
        let _ = match percent {
            0 => write!(body, " That is as much as in the same month of the year before."),
            more @ 1.. => write!(body, " That is {more} % more than in the year before."),
            less => write!(body, " That is {} % less than in the year before.", -less),
        };
    }
    let _ = write!(body, "\n\nWorth: about {}", money(worth.total()));
    let _ = match month.self_use {
        SelfUse::Measured(share) => {
            write!(body, " ({} % of it used by yourself, as your meter measured)", share / 10)
        }
        SelfUse::Assumed(share) => {
            write!(body, " (assuming that you use {} % of it yourself)", share / 10)
        }
    };
    let missing = i32::from(month.first.days_in_month()) - month.days;
    if missing > 0 {
        let days = if missing == 1 { "day" } else { "days" };
        let _ =
            write!(body, "\nWithout readings: {missing} {days}, which are not in these numbers");
    }
    Words { subject: format!("{name} made {} in {when}", kwh(month.made)), body }
}

/// The best day of a year.
pub(super) fn best_day(site: &Site, day: Date, made: Energy) -> Words {
    let name = &site.details.name;
    let when = day.strftime("%A %-d %B");
    Words {
        subject: format!("{name}: the best day of the year, {}", kwh(made)),
        body: format!(
            "{name} made {} on {when}. It has not made as much on any day of the last year.",
            kwh(made)
        ),
    }
}

/// `12.8 kWh`, `283 kWh`.
fn kwh(energy: Energy) -> String {
    let decimals = usize::from(energy.kwh().abs() < 99.95);
    format!("{:.decimals$}\u{a0}kWh", energy.kwh())
}

fn money(money: Money) -> String {
    format!("{}{:.2}", money.currency.sign(), money.amount)
}
