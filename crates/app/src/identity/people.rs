//! The list of people, a page at a time.

use greengrid_domain::identity::Role;

use super::contracts::Person;
use super::errors::AccountError;
use super::service::Identity;
use crate::actor::{Actor, Permission};

/// How somebody's account stands.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Standing {
    /// Can sign in.
    Active,
    /// Has set no password yet.
    Invited,
    /// Access was taken away.
    Deactivated,
}

impl Standing {
    /// That of a person.
    #[must_use]
    pub const fn of(person: &Person) -> Self {
        match (person.user.active, person.invited) {
            (false, _) => Self::Deactivated,
            (true, true) => Self::Invited,
            (true, false) => Self::Active,
        }
    }

    /// In words, as of a person.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Invited => "Invited",
            Self::Deactivated => "No access",
        }
    }
}

/// By what the list of people is sorted.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum PeopleSort {
    /// Name.
    #[default]
    Name,
    /// Last seen, the latest first.
    Seen,
    /// When the account was made, the latest first.
    Newest,
}

/// What a reader of the list of people asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct PeopleQuery {
    /// Only people whose name or address holds this text.
    pub text: Option<String>,
    /// Only this role.
    pub role: Option<Role>,
    /// Only accounts that stand so.
    pub standing: Option<Standing>,
    /// By what.
    pub sort: PeopleSort,
    /// Which page, counted from 1; 0 counts as 1.
    pub page: u32,
}

/// How many people there are of each standing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PeopleCounts {
    /// Can sign in.
    pub active: usize,
    /// Have set no password yet.
    pub invited: usize,
    /// Have no access.
    pub deactivated: usize,
    /// Of those who can sign in, staff: everybody but customers.
    pub staff: usize,
    /// Of staff who can sign in, those with a second factor.
    pub staff_with_factor: usize,
}

/// A page of the list of people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeoplePage {
    /// Those of this page.
    pub people: Vec<Person>,
    /// How many match in all.
    pub matching: usize,
    /// Over everybody.
    pub counts: PeopleCounts,
}

/// How many people a page of the list holds.
pub const PEOPLE_PER_PAGE: u32 = 50;

impl Identity {
    /// A page of the list of people.
    pub async fn people(
        &self,
        actor: &Actor,
        query: &PeopleQuery,
    ) -> Result<PeoplePage, AccountError> {
        actor.require(Permission::Administer)?;
        Ok(self.users.page(query, PEOPLE_PER_PAGE).await?)
    }
}
