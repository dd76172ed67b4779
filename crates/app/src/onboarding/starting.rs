use greengrid_domain::fleet::Brand;
use greengrid_domain::identity::UserId;
use greengrid_domain::ingestion::CredentialId;
use greengrid_domain::onboarding::{
    AccessGiven, Case, CaseId, CaseNumber, FieldKey, Happened, Happening, Judgement, Plain, judge,
};
use greengrid_domain::text::single_line;

use super::{Onboarding, OnboardingError, Wanted};
use crate::actor::{Actor, Permission};
use crate::ingestion::connections::Link;
use crate::ingestion::vendors::VendorSite;

/// Cases that one file can begin.
const MOST_ROWS: usize = 500;

/// A case to begin.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewCase {
    /// What is known already.
    pub fields: Vec<(FieldKey, String)>,
    /// Whose it will be.
    pub owner: Option<UserId>,
}

/// What came of a row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowReport {
    /// A case began; with fields that have to be looked at, and why.
    Opened {
        /// Its key.
        id: CaseId,
        /// Its number.
        number: CaseNumber,
        /// Fields that cannot be taken as they stand.
        look_at: Vec<(FieldKey, String)>,
    },
    /// There is such a case already.
    Known(CaseId, CaseNumber),
    /// The row begins no case, and why.
    Refused(String),
}

/// The sites of a vendor’s account that are not connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendorList {
    /// What the account’s credential is called.
    pub credential: String,
    /// Whose account it is.
    pub brand: Brand,
    /// Its sites that neither are connected nor have a case.
    pub free: Vec<VendorSite>,
    /// How many others it has.
    pub taken: usize,
}

impl Onboarding {
    /// Begins a case.
    pub async fn open_case(
        &self,
        actor: &Actor,
        new: NewCase,
    ) -> Result<(CaseId, CaseNumber), OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        let case = self.begun(actor, &new.fields, new.owner.or_else(|| actor.user()), None);
        let id = case.0.id;
        let numbers = self.store.open(actor.initiator(), &[case]).await?;
        let number = numbers.first().copied().ok_or(OnboardingError::Missing)?;
        Ok((id, number))
    }

    /// A case as it begins, with its stage and what happened.
    fn begun(
        &self,
        actor: &Actor,
        fields: &[(FieldKey, String)],
        owner: Option<UserId>,
        access: Option<(CredentialId, Brand)>,
    ) -> (Case, Vec<Happening>) {
        let now = self.clock.now();
        let mut case = Case::builder()
            .id(self.ids.uuid().into())
            .opened_at(now)
            .stage_since(now)
            .maybe_owner(owner)
            .build();
        let mut happened = vec![Happening::new(Happened::Opened, "")];
        for (key, text) in fields {
            case.type_in(*key, text, None, actor.initiator(), now);
        }
        if let Some((credential, brand)) = access {
            case.access = Some(AccessGiven { credential, brand, at: now });
        }
        happened.extend(self.judged(|by| case.settle(by, &self.usual_zone(), now)));
        happened[0].after = Some(case.name().to_owned());
        (case, happened)
    }

    /// Begins cases of the rows of a file: pairs of a column’s name and its
    /// text. A row that holds something wrong begins its case all the same, so
    /// that nothing has to be typed again.
    pub async fn open_rows(
        &self,
        actor: &Actor,
        rows: &[Vec<(String, String)>],
    ) -> Result<Vec<RowReport>, OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        let live_since = jiff::Timestamp::MAX;
        let known = self.store.cases(Wanted::OpenAnd { live_since }).await?;
        let mut seen: Vec<(String, Option<(CaseId, CaseNumber)>)> = known
            .iter()
            .map(|case| (same(|key| case.fields.text(key)), Some((case.id, case.number))))
            .collect();
        let mut reports = Vec::with_capacity(rows.len());
        let mut new = Vec::new();
        for (position, row) in rows.iter().enumerate() {
            if position >= MOST_ROWS {
                let words =
                    format!("a file begins at most {MOST_ROWS} cases; send the rest in another");
                reports.push(RowReport::Refused(words));
                continue;
            }
            let fields = match fields(row) {
                Ok(fields) => fields,
                Err(words) => {
                    reports.push(RowReport::Refused(words));
                    continue;
                }
            };
            let text = |key: FieldKey| {
                fields.iter().find(|(it, _)| *it == key).map_or("", |(_, text)| text.as_str())
            };
            let mark = same(text);
            match seen.iter().find(|(it, _)| *it == mark) {
                Some((_, Some((id, number)))) => {
                    reports.push(RowReport::Known(*id, *number));
                    continue;
                }
                Some((_, None)) => {
                    reports.push(RowReport::Refused("an earlier row is the same".to_owned()));
                    continue;
                }
                None => seen.push((mark, None)),
            }
            let (case, happened) = self.begun(actor, &fields, actor.user(), None);
            let look_at = self.judged(|by| {
                let bad = |(key, text): &(FieldKey, String)| match judge(
                    *key,
                    text,
                    case.fields.brand(),
                    by,
                ) {
                    Judgement::Bad(problem) => Some((*key, problem.message)),
                    Judgement::Empty | Judgement::Good(_) => None,
                };
                fields.iter().filter_map(bad).collect()
            });
            reports.push(RowReport::Opened { id: case.id, number: CaseNumber(0), look_at });
            new.push((case, happened));
        }
        let numbers = self.store.open(actor.initiator(), &new).await?;
        let opened = reports.iter_mut().filter_map(|report| match report {
            RowReport::Opened { number, .. } => Some(number),
            RowReport::Known(..) | RowReport::Refused(_) => None,
        });
        for (number, given) in opened.zip(numbers) {
            *number = given;
        }
        Ok(reports)
    }

    /// The accounts whose sites can be listed: key, brand and name.
    pub async fn credentials(
        &self,
        actor: &Actor,
    ) -> Result<Vec<(uuid::Uuid, Brand, String)>, OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        let all = self.connections.credential_store().all().await?;
        Ok(all.into_iter().map(|known| (known.id.into(), known.brand, known.name)).collect())
    }

    /// The sites that a credential opens and nobody has connected.
    pub async fn vendor_list(
        &self,
        actor: &Actor,
        credential: CredentialId,
    ) -> Result<VendorList, OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        let all = self.connections.credential_store().all().await?;
        let known = all.into_iter().find(|known| known.id == credential);
        let known = known.ok_or(OnboardingError::Missing)?;
        let (gateway, _) = self.connections.gateway(credential, true).await?;
        let sites = gateway.sites().await?;
        let live_since = jiff::Timestamp::MAX;
        let (connections, cases) = tokio::try_join!(
            self.connections.store().all(),
            self.store.cases(Wanted::OpenAnd { live_since })
        )?;
        let taken = |site: &VendorSite| {
            let connected = connections.iter().any(|it| {
                it.brand == known.brand
                    && matches!(&it.link, Link::Polled { external, .. } if *external == site.id)
            });
            let in_case = cases.iter().any(|case| {
                case.fields.brand() == Some(known.brand)
                    && case.fields.text(Plain::ExternalId.into()) == site.id.as_str()
            });
            connected || in_case
        };
        let (taken, free): (Vec<_>, Vec<_>) = sites.into_iter().partition(taken);
        Ok(VendorList { credential: known.name, brand: known.brand, free, taken: taken.len() })
    }

    /// Begins a case for each of these sites of a vendor’s account.
    pub async fn open_from_vendor(
        &self,
        actor: &Actor,
        credential: CredentialId,
        wanted: &[String],
    ) -> Result<Vec<CaseNumber>, OnboardingError> {
        let list = self.vendor_list(actor, credential).await?;
        let brand = list.brand;
        let cases: Vec<(Case, Vec<Happening>)> = list
            .free
            .iter()
            .filter(|site| wanted.iter().any(|id| id == site.id.as_str()))
            .map(|site| {
                let fields = [
                    (Plain::Brand.into(), brand.to_string()),
                    (Plain::ExternalId.into(), site.id.to_string()),
                    (Plain::SiteName.into(), site.name.clone()),
                ];
                self.begun(actor, &fields, actor.user(), Some((credential, brand)))
            })
            .collect();
        Ok(self.store.open(actor.initiator(), &cases).await?)
    }
}

/// What tells two rows to be one and the same customer’s site.
fn same<'a>(text: impl Fn(FieldKey) -> &'a str) -> String {
    let part = |plain: Plain| single_line(text(plain.into())).to_lowercase();
    [Plain::Customer, Plain::Email, Plain::SiteName].map(part).join("\u{1f}")
}

/// The fields of a row. Columns are named as the fields are, or as people call
/// them.
fn fields(row: &[(String, String)]) -> Result<Vec<(FieldKey, String)>, String> {
    let mut fields = Vec::new();
    for (column, text) in row {
        let text = single_line(text);
        if text.is_empty() {
            continue;
        }
        let key = column_key(column)
            .ok_or_else(|| format!("there is no column “{}”", single_line(column)))?;
        fields.push((key, text));
    }
    let named = |plain: Plain| fields.iter().any(|(key, _)| *key == plain.into());
    if named(Plain::Customer) || named(Plain::SiteName) {
        Ok(fields)
    } else {
        Err("a row needs a customer or a name of the site".to_owned())
    }
}

fn column_key(column: &str) -> Option<FieldKey> {
    use strum::IntoEnumIterator;
    let bare = |text: &str| -> String {
        text.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == '.').collect()
    };
    let column = bare(column);
    if let Ok(key) = column.parse() {
        return Some(key);
    }
    match column.as_str() {
        "capacity" | "kwp" | "capacitykwp" => return "face.1.capacity".parse().ok(),
        "tilt" => return "face.1.tilt".parse().ok(),
        "azimuth" | "direction" => return "face.1.azimuth".parse().ok(),
        "serial" | "inverter" => return "inverter.1.serial".parse().ok(),
        _ => {}
    }
    Plain::iter()
        .find(|plain| bare(&plain.to_string()) == column || bare(plain.label()) == column)
        .map(FieldKey::Plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn columns_are_found_by_all_their_names() {
        for (column, key) in [
            ("customer", "customer"),
            ("E-mail", "email"),
            ("Site name", "site_name"),
            ("Name of the site", "site_name"),
            ("kWp", "face.1.capacity"),
            ("face.2.tilt", "face.2.tilt"),
        ] {
            assert_eq!(column_key(column).map(|key| key.to_string()).as_deref(), Some(key));
        }
        assert_eq!(column_key("password"), None);
    }

    #[test]
    fn a_row_without_a_name_is_refused() {
        assert!(fields(&row(&[("email", "a@example.org")])).is_err());
        assert!(fields(&row(&[("shoe size", "44"), ("customer", "A")])).is_err());
        assert_eq!(fields(&row(&[("customer", "A"), ("email", " ")])).unwrap().len(), 1);
    }
}
