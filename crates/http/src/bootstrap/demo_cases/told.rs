use greengrid_domain::ingestion::{Cause, Party};
use greengrid_domain::onboarding::TestOutcome;

/// How much is on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Known {
    /// A name.
    Little,
    /// The contract.
    Some,
    /// What the site is like.
    Details,
    /// And what the vendor calls it.
    All,
}

/// What opens the vendor’s interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    None,
    Good,
    Wrong,
}

/// What is wrong on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Twist {
    None,
    /// Watts for kilowatts, and the coordinates swapped.
    Watts,
    /// The roof faces elsewhere.
    Turned,
    /// Half the modules.
    Half,
}

/// What happens in a case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Story {
    /// Hours ago that it began.
    pub(super) opened_h: i64,
    /// Hours ago that it came to its stage.
    pub(super) here_h: i64,
    /// Position of its owner among colleagues.
    pub(super) owner: Option<usize>,
    pub(super) known: Known,
    pub(super) key: Key,
    pub(super) twist: Twist,
    /// Whether a link waits for the customer.
    pub(super) link: bool,
    /// Minutes ago that it was tested, and what came of it.
    pub(super) tested: Option<(i64, TestOutcome)>,
    /// Whether its test has passed, and its data are to be looked at.
    pub(super) passed: bool,
    pub(super) waits: Option<(Party, &'static str)>,
    pub(super) stuck: Option<&'static str>,
    pub(super) note: Option<&'static str>,
}

const PLAIN: Story = Story {
    opened_h: 2,
    here_h: 2,
    owner: Some(0),
    known: Known::Little,
    key: Key::None,
    twist: Twist::None,
    link: false,
    tested: None,
    passed: false,
    waits: None,
    stuck: None,
    note: None,
};

const fn failed(cause: Cause) -> TestOutcome {
    TestOutcome::Failed(cause)
}

/// One for each of those who join, in the order in which their brands follow
/// each other: SolarEdge, Fronius, Enphase.
pub(super) const STORIES: &[Story] = &[
    PLAIN,
    Story { opened_h: 96, here_h: 96, owner: None, ..PLAIN },
    Story {
        opened_h: 30,
        here_h: 26,
        known: Known::Some,
        waits: Some((Party::Customer, "the roof plan from the architect")),
        ..PLAIN
    },
    Story { opened_h: 50, here_h: 44, known: Known::Some, twist: Twist::Watts, ..PLAIN },
    Story {
        opened_h: 74,
        here_h: 40,
        owner: Some(1),
        known: Known::Some,
        waits: Some((Party::Installer, "serial numbers promised for Monday")),
        ..PLAIN
    },
    Story { opened_h: 80, here_h: 20, known: Known::Details, link: true, ..PLAIN },
    Story { opened_h: 60, here_h: 18, owner: Some(1), known: Known::All, ..PLAIN },
    Story {
        opened_h: 220,
        here_h: 150,
        known: Known::Details,
        stuck: Some("the installer has left the company; nobody knows the sign-in to Solar.web"),
        note: Some("Asked Fronius twice, last on Wednesday. They want a copy of the contract."),
        ..PLAIN
    },
    Story { opened_h: 46, here_h: 3, known: Known::All, ..PLAIN },
    Story {
        opened_h: 28,
        here_h: 1,
        known: Known::All,
        key: Key::Good,
        note: Some("Key came by the link this morning. Ready for its test."),
        ..PLAIN
    },
    Story {
        opened_h: 52,
        here_h: 4,
        known: Known::All,
        key: Key::Wrong,
        tested: Some((95, failed(Cause::CredentialRejected))),
        note: Some(
            "The customer read the key out once more: AccessKeyId FKIA0000000000000000000000000STANDIN, \
             AccessKeyValue 7f7c5f8e-0000-4000-8000-00000000f00d. The last digit was wrong.",
        ),
        ..PLAIN
    },
    Story {
        opened_h: 120,
        here_h: 22,
        owner: Some(1),
        known: Known::All,
        key: Key::Good,
        tested: Some((1_300, failed(Cause::NoFreshData))),
        ..PLAIN
    },
    Story {
        opened_h: 70,
        here_h: 6,
        known: Known::All,
        key: Key::Good,
        tested: Some((200, failed(Cause::SiteUnknown))),
        ..PLAIN
    },
    Story {
        opened_h: 190,
        here_h: 130,
        owner: Some(1),
        known: Known::All,
        key: Key::Good,
        tested: Some((7_000, failed(Cause::PermissionMissing))),
        stuck: Some("the key lacks rights; the installer is on holiday until Monday"),
        ..PLAIN
    },
    Story {
        opened_h: 40,
        here_h: 13,
        known: Known::All,
        key: Key::Good,
        tested: Some((13 * 60, TestOutcome::Asleep)),
        ..PLAIN
    },
    Story {
        opened_h: 90,
        here_h: 17,
        known: Known::All,
        key: Key::Good,
        twist: Twist::Turned,
        passed: true,
        ..PLAIN
    },
    Story {
        opened_h: 100,
        here_h: 19,
        owner: Some(1),
        known: Known::All,
        key: Key::Good,
        twist: Twist::Half,
        passed: true,
        ..PLAIN
    },
    Story { opened_h: 66, here_h: 5, known: Known::All, key: Key::Good, passed: true, ..PLAIN },
];
