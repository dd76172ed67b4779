use super::FieldKey;

/// How far a case has come. The order is that of the work.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::Display,
    strum::EnumString,
    strum::EnumIter,
    strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Stage {
    /// The contract is signed; who the customer is has to be on record.
    Signed,
    /// What the site is like has to be on record.
    Details,
    /// What opens the vendor’s interface has to be here.
    Credentials,
    /// The connection has to pass its test.
    ConnectionTest,
    /// The first data have to fit what is on record.
    Verification,
    /// The site is on the overview.
    Live,
}

impl Stage {
    /// The name on the board.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signed => "Signed",
            Self::Details => "Details",
            Self::Credentials => "Credentials",
            Self::ConnectionTest => "Connection test",
            Self::Verification => "Verification",
            Self::Live => "Live",
        }
    }

    /// Working days that a case may stay in the stage; none once it is live.
    #[must_use]
    pub const fn limit(self) -> Option<u32> {
        match self {
            Self::Signed | Self::ConnectionTest => Some(1),
            Self::Details | Self::Credentials => Some(3),
            Self::Verification => Some(2),
            Self::Live => None,
        }
    }

    /// How many stages lie behind.
    #[must_use]
    pub const fn done(self) -> usize {
        self as usize
    }
}

/// Something without which a case stays in its stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// A field that is empty or cannot be read.
    Field(FieldKey),
    /// What opens the vendor’s interface.
    Credentials,
    /// A test of the connection that passes.
    Test,
    /// Data of a bright stretch.
    Data,
    /// What the first data showed has to be put right, or accepted.
    Findings,
    /// Somebody has to say that the site goes live.
    GoLive,
}

impl Need {
    /// What is needed, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Field(key) => key.label(),
            Self::Credentials => "the key to the vendor’s interface".to_owned(),
            Self::Test => "a connection test that passes".to_owned(),
            Self::Data => "data of a bright stretch".to_owned(),
            Self::Findings => "an answer to what the first data showed".to_owned(),
            Self::GoLive => "somebody to press “Go live”".to_owned(),
        }
    }
}

/// Whether what a stage rests on is there. A stage is reached only over all
/// those before it, so there is no way round one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lacks {
    /// For each stage in order, what it takes to leave it.
    needs: [Vec<Need>; 5],
    live: bool,
}

impl Lacks {
    /// What each stage lacks, from the first to the last before live, and
    /// whether the site was made.
    #[must_use]
    pub const fn new(needs: [Vec<Need>; 5], live: bool) -> Self {
        Self { needs, live }
    }

    /// The stage: the first that lacks something. Live counts only when nothing
    /// is lacking; a case that went live stays so.
    #[must_use]
    pub fn stage(&self) -> Stage {
        const ORDER: [Stage; 5] = [
            Stage::Signed,
            Stage::Details,
            Stage::Credentials,
            Stage::ConnectionTest,
            Stage::Verification,
        ];
        if self.live {
            return Stage::Live;
        }
        let first = ORDER.iter().zip(&self.needs).find(|(_, needs)| !needs.is_empty());
        first.map_or(Stage::Verification, |(stage, _)| *stage)
    }

    /// What is needed to leave the present stage.
    #[must_use]
    pub fn needs(&self) -> Vec<Need> {
        if self.live {
            return Vec::new();
        }
        let needs = &self.needs[self.stage().done()];
        if needs.is_empty() { vec![Need::GoLive] } else { needs.clone() }
    }

    /// Whether everything is there and only the word is missing.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        !self.live && self.needs.iter().all(Vec::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lacks(missing: [bool; 5], live: bool) -> Lacks {
        Lacks::new(missing.map(|lacking| if lacking { vec![Need::Test] } else { vec![] }), live)
    }

    proptest! {
        #[test]
        fn no_stage_is_reached_past_one_that_lacks_something(missing in any::<[bool; 5]>()) {
            let lacks = lacks(missing, false);
            let stage = lacks.stage();

            prop_assert!(missing[..stage.done()].iter().all(|lacking| !lacking));
            prop_assert_eq!(lacks.is_ready(), missing == [false; 5]);
            prop_assert!(!lacks.needs().is_empty());
            prop_assert!(stage < Stage::Live);
        }

        #[test]
        fn losing_a_fact_never_moves_a_case_forward(
            missing in any::<[bool; 5]>(), lost in 0_usize..5,
        ) {
            let before = lacks(missing, false).stage();
            let mut after = missing;
            after[lost] = true;

            prop_assert!(lacks(after, false).stage() <= before);
        }
    }

    #[test]
    fn only_live_has_no_limit() {
        use strum::IntoEnumIterator;
        for stage in Stage::iter() {
            assert_eq!(stage.limit().is_none(), stage == Stage::Live, "{stage}");
            assert_eq!(stage.to_string().parse(), Ok(stage));
        }
    }
}
