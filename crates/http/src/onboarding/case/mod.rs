//! The page of a case.

pub(super) mod access;
mod aside;
pub(super) mod edit;
mod field;
pub(super) mod files;
mod form;
mod history;
mod lede;
pub(super) mod pictures;
mod probe;
pub(super) mod steps;
mod verification;

use axum::extract::{Path, State};
use greengrid_app::actor::{Actor, Permission};
use greengrid_app::onboarding::{CaseView, TypedField};
use greengrid_domain::onboarding::Conflict;
use maud::{Markup, html};
use uuid::Uuid;

use super::answer::At;
use crate::auth::Viewer;
use crate::components::layout::{self, Nav};
use crate::components::typed_key::KeyProblems;
use crate::components::{PageClock, format, post};
use crate::fault::Fault;
use crate::sse::View;
use crate::state::AppState;

pub(super) use field::control_id;

/// Something said beside a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// Beside which.
    pub(super) at: At,
    /// What: a sentence without its full stop.
    pub(super) words: String,
    /// What was typed; never a secret.
    pub(super) typed: String,
    /// Whether it is good news.
    pub(super) good: bool,
}

/// A case as its page shows it.
pub(super) struct Page<'a> {
    pub(super) view: &'a CaseView,
    /// Whether the reader may do something about it.
    pub(super) may_manage: bool,
    /// Something said beside a form.
    pub(super) told: Option<Told>,
    /// Fields that two people changed.
    pub(super) conflicts: Vec<Conflict>,
    /// Fields of which the other’s text was taken.
    pub(super) taken: Vec<greengrid_domain::onboarding::FieldKey>,
    /// What was typed and could not be kept.
    pub(super) unsaved: Vec<TypedField>,
    /// A link just made, which is shown this once.
    pub(super) made_link: Option<String>,
    /// Parts of a key whose shape is not right.
    pub(super) key_problems: KeyProblems,
    /// Our regions: code and name.
    pub(super) regions: Vec<(String, String)>,
}

impl<'a> Page<'a> {
    pub(super) fn of(view: &'a CaseView, state: &AppState, actor: &Actor) -> Self {
        let fleet = state.directory.snapshot();
        let regions = fleet.regions().iter();
        Self {
            view,
            may_manage: actor.may(Permission::ManageOnboarding),
            told: None,
            conflicts: Vec::new(),
            taken: Vec::new(),
            unsaved: Vec::new(),
            made_link: None,
            key_problems: Vec::new(),
            regions: regions.map(|it| (it.code.to_string(), it.name.clone())).collect(),
        }
    }

    /// What is said beside a form.
    pub(super) fn told_at(&self, at: At) -> Option<&Told> {
        self.told.as_ref().filter(|told| told.at == at)
    }

    /// Whether the case still changes.
    pub(super) const fn is_open(&self) -> bool {
        self.view.case.live.is_none() && self.may_manage
    }

    /// Where something is done with the case.
    pub(super) fn to(&self, action: &str) -> String {
        format!("{}/{action}", crate::urls::case(self.view.case.id.into()))
    }

    /// What Datastar does in the place of a form’s own submission.
    pub(super) fn post(&self, action: &str) -> String {
        post(&self.to(action))
    }
}

pub(super) async fn show(
    viewer: Viewer,
    State(state): State<AppState>,
    Path(case): Path<Uuid>,
) -> Result<Markup, Fault> {
    let view = state.onboarding.case(&viewer.actor, case.into()).await?;
    Ok(page(&viewer, &Page::of(&view, &state, &viewer.actor), &state))
}

/// The whole page.
pub(super) fn page(viewer: &Viewer, page: &Page<'_>, state: &AppState) -> Markup {
    let view = page.view;
    let main = layout::main(html! {
        (lede::lede(page))
        div .casegrid {
            (lede::steps(page))
            div .stack {
                (form::form(page))
                (access::section(page))
                (access::link_made(page))
                (verification::section(page))
            }
            aside .stack aria-label="Test, handling and history" {
                (probe::section(page))
                (aside::handling(page))
                (aside::files(page))
                (history::section(page))
            }
        }
    });
    layout::page()
        .viewer(viewer)
        .title(format!("{} · {}", view.case.name(), view.case.number))
        .nav(Nav::Onboarding)
        .clock(PageClock::read(&*state.clock, view.zone.clone()))
        .live(View::Case(view.case.id.into()).url())
        .scripts(&["onboarding.js"])
        .main(main)
        .render()
}

/// The parts that change, each with its own id. What people type into is not
/// among them, or is left alone.
pub(super) fn parts(page: &Page<'_>) -> Markup {
    html! {
        (lede::lede(page))
        (lede::steps(page))
        (form::fields_now(page))
        (access::section(page))
        @if page.made_link.is_some() || page.told_at(At::Link).is_some() { (access::link_made(page)) }
        (verification::section(page))
        (probe::section(page))
        (aside::handling(page))
        (aside::files(page))
        (history::section(page))
    }
}

/// What is said beside a form.
pub(super) fn told(page: &Page<'_>, at: At) -> Markup {
    html! {
        @if let Some(told) = page.told_at(at) {
            p .msg .msg--ok[told.good] role="alert" {
                (crate::components::icon(if told.good { "ok" } else { "act" }))
                span { (format::sentence(&told.words)) }
            }
        }
    }
}
