use greengrid_domain::monitoring::AnomalyKind;

/// The rule of a kind in words: what it looks at, and what it takes for it to
/// speak.
pub(crate) const fn rule(kind: AnomalyKind) -> &'static str {
    match kind {
        AnomalyKind::CommGap => {
            "No reading came for several times the usual pause. Silence is not failure: what the \
             site makes meanwhile is unknown until its counter is read again."
        }
        AnomalyKind::Outage => {
            "Readings arrive and say that nothing is made, at a time of day when even a thick \
             cloud would leave some power."
        }
        AnomalyKind::Underperformance => {
            "What was made stays below the expected range, while the neighbours are inside \
             theirs, for long enough that a passing cloud cannot be it."
        }
        AnomalyKind::StringLoss => {
            "From one moment on the same share is missing at every height of the sun. Shade would \
             come and go with the sun, dirt would grow."
        }
        AnomalyKind::SoilingDrift => {
            "The share of expected falls slowly over weeks, at all hours alike, and faster than \
             that of the neighbours."
        }
        AnomalyKind::Curtailment => {
            "Power is held flat at one value while the sun, and the neighbours, go on above it."
        }
        AnomalyKind::StuckSensor => {
            "One value is repeated although the sun moves and the neighbours rise and fall."
        }
        AnomalyKind::NightProduction => {
            "Power is reported while the sun is well below the horizon."
        }
        AnomalyKind::ClockShift => {
            "The day begins and ends too early or too late by the same time, at both edges, \
             compared with sunrise and sunset."
        }
        AnomalyKind::CounterReset => {
            "The cumulative counter of energy went backwards, which a counter of energy made \
             cannot do."
        }
        AnomalyKind::Duplicates => {
            "The same readings arrive again and again over a stretch of time. Nothing is counted \
             twice."
        }
        AnomalyKind::ImplausibleProduction => {
            "More is reported than the panels and inverters on record can make under a clear sky."
        }
        AnomalyKind::InverterFault => {
            "The inverter itself reports a status that its maker lists as a fault."
        }
    }
}
