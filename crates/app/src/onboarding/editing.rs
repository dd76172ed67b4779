use greengrid_domain::identity::UserId;
use greengrid_domain::ingestion::Party;
use greengrid_domain::onboarding::{
    Case, CaseId, Conflict, FieldKey, Happened, Happening, LONGEST, RoomChange, Stuck, Typed,
    Waiting,
};
use greengrid_domain::text::{lines, single_line};

use super::service::{Effect, open};
use super::{Onboarding, OnboardingError};
use crate::actor::{Actor, Permission};

/// Characters that are kept of a field: more than any can take, so that what
/// is too long is there to be shortened.
const KEPT: usize = 10 * LONGEST;

/// Characters of a note.
const NOTE: usize = 4_000;

/// Text typed into a field by somebody who saw a version of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedField {
    /// Which field.
    pub key: FieldKey,
    /// The text.
    pub text: String,
    /// The version seen; none to write over whatever stands there.
    pub seen: Option<u32>,
}

/// What came of typing into fields.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The case as it now is.
    pub case: Case,
    /// Fields that now hold another text.
    pub changed: Vec<FieldKey>,
    /// Fields that somebody else changed in the meantime.
    pub conflicts: Vec<Conflict>,
}

impl Onboarding {
    /// Types into fields, and then makes room for another roof face or inverter
    /// or takes one away. What cannot be taken is kept all the same: it is
    /// judged beside its field, and never lost.
    pub async fn type_in(
        &self,
        actor: &Actor,
        id: CaseId,
        typed: &[TypedField],
        room: Option<RoomChange>,
    ) -> Result<Outcome, OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        let (mut changed, mut conflicts) = (Vec::new(), Vec::new());
        let case = self.change(actor, id, |case, now| {
            open(case)?;
            changed.clear();
            conflicts.clear();
            let mut happened = Vec::new();
            for field in typed {
                let text: String = field.text.chars().take(KEPT).collect();
                let (typed, happening) =
                    case.type_in(field.key, &text, field.seen, actor.initiator(), now);
                match typed {
                    Typed::Same => {}
                    Typed::Changed { .. } => changed.push(field.key),
                    Typed::Conflict(conflict) => conflicts.push(conflict),
                }
                happened.extend(happening);
            }
            if let Some(room) = room {
                happened.extend(case.make_room(room, actor.initiator(), now));
            }
            Ok::<_, OnboardingError>(Effect { happened, ..Effect::default() })
        });
        let case = case.await?;
        Ok(Outcome { case, changed, conflicts })
    }

    /// Adds a note to the history.
    pub async fn note(&self, actor: &Actor, id: CaseId, text: &str) -> Result<(), OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        let text = lines(text);
        if text.is_empty() {
            return Err(problem("write something first").into());
        }
        if text.chars().count() > NOTE {
            return Err(problem(&format!("a note has at most {NOTE} characters")).into());
        }
        let change = self.change(actor, id, |_, _| {
            Ok::<_, OnboardingError>(Happening::new(Happened::Noted, text.clone()).into())
        });
        change.await.map(drop)
    }

    /// Gives a case to a colleague, or to nobody.
    pub async fn assign(
        &self,
        actor: &Actor,
        id: CaseId,
        to: Option<UserId>,
    ) -> Result<(), OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        let colleagues = self.store.colleagues().await?;
        let name = match to {
            None => "nobody".to_owned(),
            Some(to) => match colleagues.into_iter().find(|colleague| colleague.id == to) {
                Some(colleague) => colleague.name,
                None => return Err(problem("choose a colleague from the list").into()),
            },
        };
        let change = self.change(actor, id, |case, _| {
            if case.owner == to {
                return Ok::<_, OnboardingError>(Effect::default());
            }
            case.owner = to;
            Ok(Happening::new(Happened::Assigned, name.clone()).into())
        });
        change.await.map(drop)
    }

    /// Says for whom a case waits; without words it follows from the facts
    /// again.
    pub async fn wait_for(
        &self,
        actor: &Actor,
        id: CaseId,
        party: Party,
        what: &str,
    ) -> Result<(), OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        let what = short(what)?;
        let change = self.change(actor, id, |case, _| {
            open(case)?;
            let waiting = (!what.is_empty()).then(|| Waiting { party, what: what.clone() });
            if case.waiting == waiting {
                return Ok::<_, OnboardingError>(Effect::default());
            }
            let words = waiting.as_ref().map_or_else(
                || "as follows from the case".to_owned(),
                |waiting| format!("{}: {}", waiting.party.name(), waiting.what),
            );
            case.waiting = waiting;
            Ok(Happening::new(Happened::Waits, words).into())
        });
        change.await.map(drop)
    }

    /// Says that a case is stuck, and why.
    pub async fn stick(
        &self,
        actor: &Actor,
        id: CaseId,
        reason: &str,
    ) -> Result<(), OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        let reason = short(reason)?;
        if reason.is_empty() {
            return Err(problem("say why it does not go on").into());
        }
        let change = self.change(actor, id, |case, now| {
            open(case)?;
            case.stuck = Some(Stuck { reason: reason.clone(), since: now, by_limit: false });
            Ok::<_, OnboardingError>(Happening::new(Happened::Stuck, reason.clone()).into())
        });
        change.await.map(drop)
    }

    /// Says that a case goes on. It gets the time of its stage anew.
    pub async fn free(&self, actor: &Actor, id: CaseId) -> Result<(), OnboardingError> {
        actor.require(Permission::ManageOnboarding)?;
        let usual = self.usual_zone();
        let change = self.change(actor, id, |case, now| {
            if case.stuck.take().is_none() {
                return Ok::<_, OnboardingError>(Effect::default());
            }
            let zone = self.judged(|by| case.zone(by, &usual));
            case.due_on = greengrid_domain::onboarding::calendar::due(case.stage, now, &zone);
            Ok(Happening::new(Happened::Freed, "it goes on").into())
        });
        change.await.map(drop)
    }

    /// Notes that somebody looks at a case; gives the names of the others who
    /// do.
    pub async fn here(&self, actor: &Actor, id: CaseId) -> Result<Vec<String>, OnboardingError> {
        actor.require(Permission::ViewOnboarding)?;
        let Some(user) = actor.user() else { return Ok(Vec::new()) };
        let others: Vec<UserId> = self.store.present(id, user).await?;
        let names = self.store.names(&others).await?;
        Ok(names.into_iter().map(|(_, name)| name).collect())
    }
}

fn short(text: &str) -> Result<String, OnboardingError> {
    let text = single_line(text);
    if text.chars().count() > LONGEST {
        return Err(problem(&format!("write it in at most {LONGEST} characters")).into());
    }
    Ok(text)
}

pub(super) fn problem(message: &str) -> greengrid_domain::onboarding::Problem {
    greengrid_domain::onboarding::Problem { message: message.to_owned(), suggestion: None }
}
