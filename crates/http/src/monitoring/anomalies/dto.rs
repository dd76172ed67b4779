use greengrid_app::monitoring::{Dismiss, PlanMaintenance};
use greengrid_domain::monitoring::{Action, Dismissal, LocalHours, Note, NoteError};
use greengrid_domain::time::SiteZone;
use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde::Deserialize;
use uuid::Uuid;

/// Text with which something is done: a note, a reason.
#[derive(Debug, Deserialize)]
pub(super) struct TextDto {
    #[serde(default)]
    pub(super) text: String,
}

impl TextDto {
    pub(super) fn note(&self) -> Result<Note, NoteError> {
        self.text.parse()
    }
}

/// To whom an anomaly is given; to nobody when empty.
#[derive(Debug, Deserialize)]
pub(super) struct AssignDto {
    #[serde(default)]
    to: String,
}

impl AssignDto {
    /// What is wanted; `None` for what is no key of anybody.
    pub(super) fn action(&self) -> Option<Action> {
        if self.to.is_empty() {
            return Some(Action::HandBack);
        }
        let to: Uuid = self.to.parse().ok()?;
        Some(Action::Assign(to.into()))
    }
}

/// For how many hours an anomaly is put off.
#[derive(Debug, Deserialize)]
pub(super) struct SnoozeDto {
    hours: i32,
}

impl SnoozeDto {
    pub(super) fn wait(&self) -> SignedDuration {
        SignedDuration::from_hours(self.hours.into())
    }
}

/// How an anomaly is dismissed.
#[derive(Debug, Deserialize)]
pub(super) struct DismissDto {
    #[serde(default)]
    why: String,
    #[serde(default)]
    pub(super) text: String,
    #[serde(default)]
    teaches: bool,
    #[serde(default)]
    from_hour: String,
    #[serde(default)]
    to_hour: String,
    #[serde(default)]
    days: String,
}

impl DismissDto {
    /// The command, or what is wrong in a sentence without its full stop.
    pub(super) fn command(&self) -> Result<Dismiss, String> {
        let why: Dismissal = self.why.parse().map_err(|_| "choose a reason".to_owned())?;
        let note = if self.text.trim().is_empty() {
            None
        } else {
            Some(self.text.parse().map_err(|error: NoteError| error.to_string())?)
        };
        let hour =
            |text: &str| text.parse::<i8>().map_err(|_| "hours are whole numbers".to_owned());
        let hours = match (self.from_hour.as_str(), self.to_hour.as_str()) {
            ("", "") => None,
            ("", _) | (_, "") => return Err("give both hours, or none".to_owned()),
            (from, to) => {
                let hours = LocalHours::new(hour(from)?, hour(to)?);
                Some(hours.map_err(|error| error.to_string())?)
            }
        };
        let lasts = match self.days.as_str() {
            "" => None,
            days => match days.parse::<i64>() {
                Ok(days @ 1..=3_650) => Some(SignedDuration::from_hours(24 * days)),
                _ => return Err("days are a whole number from 1 to 3,650".to_owned()),
            },
        };
        Ok(Dismiss { why, note, teaches: self.teaches, hours, lasts })
    }
}

/// Work to be planned, in the time of the site.
#[derive(Debug, Deserialize)]
pub(super) struct PlanDto {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    pub(super) text: String,
    #[serde(default)]
    whole_region: bool,
}

impl PlanDto {
    /// The command, or what is wrong in a sentence without its full stop.
    pub(super) fn command(&self, zone: &SiteZone) -> Result<PlanMaintenance, String> {
        let moment = |text: &str, which: &str| {
            let local: Result<DateTime, _> = text.parse();
            let said = || format!("write {which} like 2026-06-12T08:00");
            local.map(|local| zone.instant(local)).map_err(|_| said())
        };
        Ok(PlanMaintenance {
            whole_region: self.whole_region,
            from: moment(&self.from, "the begin")?,
            to: moment(&self.to, "the end")?,
            why: self.text.parse().map_err(|error: NoteError| error.to_string())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dismissal(why: &str, from: &str, to: &str, days: &str) -> Result<Dismiss, String> {
        let owned = ToOwned::to_owned;
        DismissDto {
            why: owned(why),
            text: String::new(),
            teaches: true,
            from_hour: owned(from),
            to_hour: owned(to),
            days: owned(days),
        }
        .command()
    }

    #[test]
    fn a_dismissal_says_what_is_wrong_with_it() {
        assert_eq!(dismissal("", "", "", "").unwrap_err(), "choose a reason");
        assert_eq!(dismissal("snow", "15", "", "").unwrap_err(), "give both hours, or none");
        assert!(dismissal("snow", "15", "25", "").unwrap_err().contains("0 to 24"));
        assert!(dismissal("snow", "", "", "-3").unwrap_err().contains("1 to 3,650"));
        let good = dismissal("known_shading", "15", "18", "30").unwrap();
        assert_eq!(good.hours, LocalHours::new(15, 18).ok());
        assert_eq!(good.lasts, Some(SignedDuration::from_hours(720)));
    }

    #[test]
    fn planned_times_are_those_of_the_site() {
        let plan = |from: &str| PlanDto {
            from: from.to_owned(),
            to: "2026-06-12T12:00".to_owned(),
            text: "New roof".to_owned(),
            whole_region: false,
        };
        let berlin = "Europe/Berlin".parse().unwrap();

        let command = plan("2026-06-12T08:00").command(&berlin).unwrap();

        assert_eq!(command.from.to_string(), "2026-06-12T06:00:00Z");
        assert!(plan("tomorrow").command(&berlin).unwrap_err().contains("2026-06-12T08:00"));
    }

    #[test]
    fn who_is_nobody_is_told_from_what_is_no_name() {
        let action = |text: &str| AssignDto { to: text.to_owned() }.action();

        assert_eq!(action(""), Some(Action::HandBack));
        assert_eq!(action("Rui"), None);
        assert_eq!(action(&Uuid::nil().to_string()), Some(Action::Assign(Uuid::nil().into())));
    }
}
