use jiff::civil::Date;

use super::number::typed;
use super::{FacePart, FieldKey, InverterPart, Plain, Problem, keys, place, quantity};
use crate::fleet::{Brand, Location, RegionCode};
use crate::identity::{EmailAddress, UserName};
use crate::text::single_line;
use crate::time::SiteZone;

/// A region of ours and its middle.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionAt {
    /// Its stable name.
    pub code: RegionCode,
    /// Its name on pages.
    pub name: String,
    /// Where it is: the middle of its sites.
    pub middle: Location,
}

/// What the fields of a case are judged by, besides themselves.
pub struct Context<'a> {
    /// Our regions.
    pub regions: &'a [RegionAt],
    /// The time zone of a place, from a map of them.
    pub zone_of: &'a (dyn Fn(Location) -> Option<SiteZone> + Sync),
    /// The present day.
    pub today: Date,
}

/// Characters that a field can have at most.
pub const LONGEST: usize = 200;

/// What a field came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// Nothing stands in it.
    Empty,
    /// It is good; with what it was read as, where that is not plain to see.
    Good(Option<String>),
    /// It cannot be taken as it stands.
    Bad(Problem),
}

impl Judgement {
    /// Whether it can be used.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        matches!(self, Self::Good(_))
    }
}

/// Judges one field by its text and the brand of the case.
#[must_use]
pub fn judge(key: FieldKey, text: &str, brand: Option<Brand>, by: &Context<'_>) -> Judgement {
    let text = single_line(text);
    if text.is_empty() {
        return Judgement::Empty;
    }
    let length = text.chars().count();
    if length > LONGEST {
        let words = format!("{length} characters are too many; there is room for {LONGEST}");
        return Judgement::Bad(Problem::new(words));
    }
    match good(key, &text, brand, by) {
        Ok(read) => Judgement::Good(read),
        Err(problem) => Judgement::Bad(with_good_suggestion(problem, key, brand, by)),
    }
}

/// A suggestion that is not good itself would only move the trouble.
fn with_good_suggestion(
    problem: Problem,
    key: FieldKey,
    brand: Option<Brand>,
    by: &Context<'_>,
) -> Problem {
    let suggestion = problem.suggestion.filter(|text| good(key, text, brand, by).is_ok());
    Problem { suggestion, message: problem.message }
}

/// What the text is read as, where the reader should know.
fn good(
    key: FieldKey,
    text: &str,
    brand: Option<Brand>,
    by: &Context<'_>,
) -> Result<Option<String>, Problem> {
    match key {
        FieldKey::Face(_, FacePart::Capacity) => {
            quantity::capacity(text).map(|it| read_as(text, &format!("{} kWp", typed(it.kwp()))))
        }
        FieldKey::Face(_, FacePart::Tilt) => {
            quantity::tilt(text).map(|it| read_as(text, &format!("{}°", typed(it))))
        }
        FieldKey::Face(_, FacePart::Azimuth) => {
            quantity::azimuth(text).map(|it| Some(format!("{}°, {}", typed(it), compass_words(it))))
        }
        FieldKey::Inverter(_, InverterPart::Serial) => keys::serial(brand, text).map(|()| None),
        FieldKey::Inverter(_, InverterPart::Rating) => limit(text),
        FieldKey::Inverter(_, InverterPart::Model) => prose("a model", text).map(|()| None),
        FieldKey::Plain(plain) => plain_field(plain, text, brand, by),
    }
}

fn plain_field(
    plain: Plain,
    text: &str,
    brand: Option<Brand>,
    by: &Context<'_>,
) -> Result<Option<String>, Problem> {
    let day = |date: Date| read_as(text, &date.strftime("%-d %B %Y").to_string());
    match plain {
        Plain::Customer => prose("a name", text).and_then(|()| match text.parse::<UserName>() {
            Ok(_) => Ok(None),
            Err(error) => Err(Problem::new(error.to_string())),
        }),
        Plain::Installer => prose("a name", text).map(|()| None),
        Plain::SiteName => prose("a name", text).map(|()| None),
        Plain::Address => address(text).map(|()| None),
        Plain::Email | Plain::InstallerEmail => email(text).map(|()| None),
        Plain::Phone => phone(text).map(|()| None),
        Plain::SignedOn => quantity::past_day(text, by.today).map(day),
        Plain::CommissionedOn => quantity::day(text).map(day),
        Plain::Consent => match text {
            "yes" => Ok(None),
            _ => Err(Problem::new("without the customer’s consent we must not read their data")),
        },
        Plain::Coordinates => {
            place::coordinates(text, by.regions).map(|place| Some(told(place, by)))
        }
        Plain::TimeZone => match text.parse::<SiteZone>() {
            Ok(_) => Ok(None),
            Err(error) => Err(Problem::new(error.to_string())),
        },
        Plain::Region => match text.parse::<RegionCode>() {
            Ok(_) => Ok(None),
            Err(error) => Err(Problem::new(error.to_string())),
        },
        Plain::Price => quantity::price(text).map(|price| {
            let one = price.of_one_kwh();
            read_as(text, &format!("{}{} per kWh", one.currency.sign(), one.amount.normalize()))
        }),
        Plain::Brand => match text.parse::<Brand>() {
            Ok(Brand::Other) | Err(_) => {
                Err(Problem::new("choose one of the brands; others cannot be connected yet"))
            }
            Ok(_) => Ok(None),
        },
        Plain::ExternalId => keys::external_id(brand, text).map(|()| None),
        Plain::ExportLimit => limit(text),
    }
}

fn limit(text: &str) -> Result<Option<String>, Problem> {
    quantity::power(text).map(|it| read_as(text, &format!("{} kW", typed(it.kw()))))
}

/// `53.5511, 9.9937 is in Europe/Berlin, 12 km from the middle of North`.
fn told(location: Location, by: &Context<'_>) -> String {
    let zone = (by.zone_of)(location);
    let zone = zone.as_ref().map_or("no known time zone", SiteZone::name);
    match place::nearest(location, by.regions) {
        Some((region, km)) => {
            format!("{zone}; {km:.0} km from the middle of {}", region.name)
        }
        None => zone.to_owned(),
    }
}

/// What a text was read as, where that is not what stands there.
fn read_as(text: &str, read: &str) -> Option<String> {
    let bare = |text: &str| text.replace([' ', '\u{a0}'], "").to_lowercase();
    (bare(text) != bare(read)).then(|| read.to_owned())
}

/// A direction in words: `south-west`.
#[must_use]
pub fn compass_words(azimuth_deg: f64) -> &'static str {
    const WORDS: [&str; 8] =
        ["north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west"];
    let eighth = (azimuth_deg.rem_euclid(360.0) / 45.0).round();
    let position = WORDS.iter().zip([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
    let found = position.into_iter().find(|(_, at)| (eighth - at).abs() < 0.5);
    found.map_or("north", |(word, _)| word)
}

fn prose(what: &str, text: &str) -> Result<(), Problem> {
    if text.contains(['<', '>']) {
        return Err(Problem::new(format!("{what} holds no < and >")));
    }
    if !text.contains(|c: char| c.is_alphanumeric()) {
        return Err(Problem::new(format!("{what} has letters")));
    }
    if text.chars().count() > 120 {
        return Err(Problem::new(format!("{what} has at most 120 characters")));
    }
    Ok(())
}

fn address(text: &str) -> Result<(), Problem> {
    if text.contains(['<', '>']) {
        return Err(Problem::new("an address holds no < and >"));
    }
    let (letters, digits) =
        (text.contains(|c: char| c.is_alphabetic()), text.contains(|c: char| c.is_numeric()));
    if letters && digits {
        Ok(())
    } else {
        Err(Problem::new(
            "write street, number, postcode and town, such as Deichweg 4, 20457 Hamburg",
        ))
    }
}

fn email(text: &str) -> Result<(), Problem> {
    if text.parse::<EmailAddress>().is_ok() {
        return Ok(());
    }
    let problem = Problem::new("an e-mail address looks like name@example.org");
    let closed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let likely = closed.replace("(at)", "@").replace("[at]", "@").replace(',', ".");
    Err(if likely.parse::<EmailAddress>().is_ok() { problem.suggest(likely) } else { problem })
}

fn phone(text: &str) -> Result<(), Problem> {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let fits = (5..=20).contains(&digits)
        && text.chars().all(|c| c.is_ascii_digit() || " +()/-.".contains(c));
    if fits {
        Ok(())
    } else {
        Err(Problem::new("a telephone number has 5 to 20 digits, such as +49 40 555 0173"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use strum::IntoEnumIterator;

    fn at(key: &str, text: &str) -> Judgement {
        let zone_of = |_| "Europe/Berlin".parse().ok();
        let by = Context { regions: &[], zone_of: &zone_of, today: date(2026, 6, 12) };
        judge(key.parse().unwrap(), text, Some(Brand::SolarEdge), &by)
    }

    fn all() -> Vec<FieldKey> {
        let faces = FacePart::iter().map(|part| FieldKey::Face(1, part));
        let inverters = InverterPart::iter().map(|part| FieldKey::Inverter(1, part));
        Plain::iter().map(FieldKey::Plain).chain(faces).chain(inverters).collect()
    }

    #[test]
    fn every_field_answers_what_cannot_be_meant() {
        let long = "9".repeat(300);
        for key in all() {
            assert_eq!(at(&key.to_string(), "  \u{202e} "), Judgement::Empty, "{key}");
            for text in ["<script>alert(1)</script>", long.as_str()] {
                let judged = at(&key.to_string(), text);
                let tolerated = key == FieldKey::Inverter(1, InverterPart::Model);
                assert!(
                    !judged.is_good() || tolerated && text.starts_with('9'),
                    "{key}: {judged:?}"
                );
            }
        }
    }

    #[test]
    fn what_a_text_is_read_as_is_told_where_it_is_not_plain() {
        assert_eq!(at("face.1.capacity", "9,9"), Judgement::Good(Some("9.9 kWp".to_owned())));
        assert_eq!(at("face.1.capacity", "9.9 kWp"), Judgement::Good(None));
        assert_eq!(
            at("face.1.azimuth", "sw"),
            Judgement::Good(Some("225°, south-west".to_owned()))
        );
        assert_eq!(at("price", "21 ct"), Judgement::Good(Some("€0.21 per kWh".to_owned())));
        assert_eq!(
            at("coordinates", "53.5, 9.9"),
            Judgement::Good(Some("Europe/Berlin".to_owned()))
        );
    }

    #[test]
    fn right_to_left_names_are_names() {
        assert_eq!(at("customer", "שרה כהן"), Judgement::Good(None));
        assert_eq!(at("customer", "\u{202e}Sarah"), Judgement::Good(None));
        assert!(!at("customer", "----").is_good());
    }

    #[test]
    fn addresses_and_numbers_of_people() {
        assert!(at("email", "p.hartley@example.net").is_good());
        let Judgement::Bad(problem) = at("email", "p.hartley (at) example,net") else { panic!() };
        assert_eq!(problem.suggestion.as_deref(), Some("p.hartley@example.net"));
        assert!(at("phone", "+49 (40) 555-0173").is_good());
        assert!(!at("phone", "call me").is_good());
        assert!(at("address", "Deichweg 4, 20457 Hamburg").is_good());
        assert!(!at("address", "Hamburg").is_good());
    }

    proptest::proptest! {
        #[test]
        fn any_text_in_any_field_is_judged(text in "\\PC{0,60}", which in 0_usize..24) {
            let all = all();
            let key = all[which % all.len()];
            let judged = at(&key.to_string(), &text);
            if let Judgement::Bad(problem) = judged {
                proptest::prop_assert!(!problem.message.is_empty());
                // A suggestion is itself good, so that the button ends the matter.
                if let Some(suggestion) = problem.suggestion {
                    proptest::prop_assert!(at(&key.to_string(), &suggestion).is_good(), "{}", suggestion);
                }
            }
        }
    }
}
