use greengrid_domain::fleet::Brand;
use greengrid_domain::ingestion::Quota;
use serde::Deserialize;

use crate::fault::Fault;

/// How many calls the plan of a key allows in each, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(in crate::identity::accounts) struct PlanDto {
    pub(super) minute: String,
    pub(super) day: String,
    pub(super) month: String,
}

/// What is wrong with each limit.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PlanErrors {
    pub(super) minute: Option<&'static str>,
    pub(super) day: Option<&'static str>,
    pub(super) month: Option<&'static str>,
}

impl PlanDto {
    /// A plan as it would have been typed.
    pub(super) fn of(quota: Quota) -> Self {
        let typed = |limit: Option<u32>| limit.map(|limit| limit.to_string()).unwrap_or_default();
        Self {
            minute: quota.per_minute.to_string(),
            day: typed(quota.per_day),
            month: typed(quota.per_month),
        }
    }

    pub(super) fn quota(&self) -> Result<Quota, PlanErrors> {
        match (limit(&self.minute), limit(&self.day), limit(&self.month)) {
            (Ok(Some(per_minute)), Ok(per_day), Ok(per_month)) => {
                Ok(Quota { per_minute, per_day, per_month })
            }
            (minute, day, month) => Err(PlanErrors {
                minute: match minute {
                    Ok(Some(_)) => None,
                    Ok(None) => Some("every plan has a limit for a minute"),
                    Err(error) => Some(error),
                },
                day: day.err(),
                month: month.err(),
            }),
        }
    }
}

/// A number of calls; nothing where nobody counts them.
fn limit(typed: &str) -> Result<Option<u32>, &'static str> {
    let digits: String = typed.chars().filter(|c| !matches!(c, ' ' | ',')).collect();
    match digits.as_str() {
        "" => Ok(None),
        digits => match digits.parse::<i32>().map(u32::try_from) {
            Ok(Ok(calls @ 1..)) => Ok(Some(calls)),
            _ => Err("a whole number of calls above 0"),
        },
    }
}

/// The form of a new key, without the key itself.
#[derive(Debug)]
pub(super) struct NewKeyDto {
    pub(super) brand: Brand,
    pub(super) name: String,
    pub(super) plan: PlanDto,
}

impl NewKeyDto {
    /// Of a form in which the parts of a key have names of their own.
    pub(super) fn of(pairs: &[(String, String)]) -> Result<Self, Fault> {
        let text = |name: &str| {
            let found = pairs.iter().find(|(key, _)| key == name);
            found.map(|(_, text)| text.clone()).unwrap_or_default()
        };
        let brand = text("brand").parse();
        Ok(Self {
            brand: brand.map_err(|_| Fault::BadRequest("there is no such brand".to_owned()))?,
            name: text("name"),
            plan: PlanDto { minute: text("minute"), day: text("day"), month: text("month") },
        })
    }
}
