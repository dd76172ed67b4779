//! Journeys through the running program in headless Chromium.
//!
//! One program with a small demo fleet and one driver serve all journeys; each
//! journey has a browser of its own. Without Chromium they count as skipped,
//! except where `CI=true`: there a missing browser is a failure.

mod accessibility;
mod accounts;
mod alerts;
mod anomalies;
mod browser;
mod cable;
mod journeys;
mod keys;
mod onboarding;
mod onboarding_kept;
mod owners;
mod program;
mod talk;
mod typing;
mod watching;

use std::future::Future;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use tokio::runtime::Runtime;

use browser::{Browser, Driver};
use program::{Program, Size};

/// What every journey starts from.
#[derive(Clone)]
struct Stage {
    program: Arc<Program>,
    driver: Arc<Driver>,
    runtime: Arc<Runtime>,
    look: Look,
}

impl Stage {
    /// Opens a browser with script, on the screen of this run.
    async fn open(&self) -> anyhow::Result<Browser> {
        self.seen(self.driver.open().await?).await
    }

    /// Opens a browser that runs no script of pages.
    async fn open_without_script(&self) -> anyhow::Result<Browser> {
        self.seen(self.driver.open_without_script().await?).await
    }

    async fn seen(&self, browser: Browser) -> anyhow::Result<Browser> {
        browser.resize(self.look.width, 900).await?;
        browser.prefer(self.look.colours).await?;
        Ok(browser)
    }
}

/// The screen on which a journey is made.
#[derive(Clone, Copy)]
struct Look {
    /// Width in pixels.
    width: u32,
    /// The colour scheme the system asks for.
    colours: &'static str,
}

/// The screens for stories of customers and of accounts, which are read on
/// whatever is at hand; the first is the screen of every other journey.
const LOOKS: [Look; 2] =
    [Look { width: 1440, colours: "light" }, Look { width: 390, colours: "dark" }];

/// Name, screens and body of every journey.
macro_rules! journeys {
    ($($module:ident :: $name:ident),* $(,)?) => {
        &[$((concat!(stringify!($module), "::", stringify!($name)),
            |stage: &Stage| run(stage, || $module::$name(stage)))),*]
    };
}

type Journey = fn(&Stage) -> Result<(), Failed>;

/// Made on one screen.
const JOURNEYS: &[(&str, Journey)] = journeys![
    journeys::each_role_signs_in_and_lands_at_home,
    journeys::a_wrong_password_keeps_the_address_and_says_so,
    journeys::a_posted_reading_changes_the_open_overview,
    journeys::two_tabs_of_one_session_both_follow,
    journeys::a_cut_stream_is_told_and_recovers,
    journeys::signing_out_ends_the_other_tab,
    journeys::the_site_page_has_its_chart,
    journeys::pages_are_complete_without_script,
    journeys::taking_a_site_shows_its_owner,
    journeys::the_keyboard_moves_through_the_list,
    journeys::nothing_scrolls_sideways_at_360_pixels,
    anomalies::an_anomaly_opens_grows_and_is_taken_back_before_its_reader,
    alerts::a_rule_tells_people_and_a_program_and_what_was_given_up_is_sent_again,
    onboarding::a_wrong_key_is_named_and_corrected,
    onboarding::a_site_goes_live_and_its_owner_is_invited,
    onboarding::two_people_on_one_case_lose_nothing,
    onboarding::a_case_is_kept_without_script,
    onboarding_kept::a_refusing_database_loses_nothing,
    onboarding_kept::a_refusing_database_loses_nothing_without_script,
    onboarding_kept::a_killed_program_loses_nothing,
    onboarding_kept::a_cut_cable_loses_nothing,
    onboarding_kept::a_case_goes_the_whole_way,
    onboarding_kept::a_roof_face_is_added_and_taken_away_in_place,
    onboarding_kept::an_inverter_is_added_without_script,
    onboarding_kept::a_link_just_made_stays_while_others_work,
    talk::two_people_talk_in_one_room,
    talk::a_cut_cable_loses_and_doubles_no_post,
    talk::a_held_post_is_decided_and_a_removed_one_vanishes,
    talk::a_flood_is_stopped_and_the_text_kept,
    talk::a_room_works_without_script,
    typing::a_post_is_changed_in_its_place_before_the_others,
    typing::a_name_is_completed_by_the_keyboard,
    watching::a_burst_is_fired_and_told,
    watching::a_paused_panel_holds_still,
    watching::a_post_is_followed_from_request_to_stream,
    watching::a_reading_is_followed_from_request_to_stream,
    accessibility::no_violations_in_light,
    accessibility::no_violations_in_dark,
];

/// Made on every one of [`LOOKS`].
const STORIES: &[(&str, Journey)] = journeys![
    accounts::an_invitation_leads_in_and_the_meter_speaks,
    accounts::access_taken_away_closes_an_open_page,
    accounts::a_new_role_reaches_an_open_page,
    accounts::a_forgotten_password_is_replaced,
    accounts::a_second_factor_guards_the_account,
    accounts::an_account_is_closed_by_its_owner,
    accounts::an_administrator_looks_after_regions_trail_and_mail,
    keys::a_key_is_given_replaced_and_taken_away,
    owners::an_owner_reads_the_sentence_and_the_history,
    owners::an_owner_states_what_power_costs,
    owners::an_owner_shares_a_site_and_takes_it_back,
    owners::an_owner_takes_their_data_out_and_chooses_letters,
    owners::a_letter_has_its_way_out,
    owners::an_owners_page_is_complete_without_script,
];

/// Every journey with its screens.
fn all() -> impl Iterator<Item = (&'static str, Journey, &'static [Look])> {
    let once = JOURNEYS.iter().map(|(name, journey)| (*name, *journey, &LOOKS[..1]));
    once.chain(STORIES.iter().map(|(name, journey)| (*name, *journey, &LOOKS[..])))
}

/// A machine that is busy elsewhere may miss a deadline of seconds once; a
/// journey that fails twice is broken.
fn run<J>(stage: &Stage, journey: impl Fn() -> J) -> Result<(), Failed>
where
    J: Future<Output = anyhow::Result<()>>,
{
    stage.runtime.block_on(async {
        let Err(first) = journey().await else { return Ok(()) };
        let Look { width, colours } = stage.look;
        eprintln!("once more at {width} in {colours}, after: {first}");
        journey().await.map_err(|error| Failed::from(format!("at {width} in {colours}: {error:?}")))
    })
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(2);
    if arguments.list {
        return libtest_mimic::run(&arguments, skipped()).exit_code();
    }
    if let Err(missing) = Driver::installed() {
        eprintln!("{missing}");
        if std::env::var("CI").is_ok_and(|ci| ci == "true") {
            return ExitCode::FAILURE;
        }
        return libtest_mimic::run(&arguments, skipped()).exit_code();
    }
    let runtime = Arc::new(Runtime::new().expect("a runtime"));
    let (program, driver) = match runtime.block_on(async {
        Ok::<_, anyhow::Error>((
            Program::start(Size { sites: 24, days: 20 }).await?,
            Driver::start().await?,
        ))
    }) {
        Ok(started) => started,
        Err(error) => {
            eprintln!("{error:?}");
            return ExitCode::FAILURE;
        }
    };
    let (program, driver) = (Arc::new(program), Arc::new(driver));
    let stage = Stage { program, driver, runtime, look: LOOKS[0] };
    let trials = all()
        .map(|(name, journey, looks)| {
            let stage = stage.clone();
            Trial::test(name, move || {
                looks.iter().try_for_each(|look| journey(&Stage { look: *look, ..stage.clone() }))
            })
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn skipped() -> Vec<Trial> {
    all().map(|(name, ..)| Trial::test(name, || Ok(())).with_ignored_flag(true)).collect()
}
