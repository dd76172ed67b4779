/// Something that goes wrong at a vendor, or at the sites that report to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub(in crate::standins) enum Fault {
    /// It has a fault, and a proxy in front of it answers with a web page.
    BadGateway,
    /// It is maintained.
    Maintenance,
    /// It counts too many calls in a minute.
    Minute,
    /// It counts too many calls in the month.
    Month,
    /// It does not know the key.
    Key,
    /// The key lacks the right.
    Forbidden,
    /// Its interface has ended.
    Gone,
    /// Its answers are well and empty of sense.
    Nonsense,
    /// It renews no approval any more.
    ApprovalEnded,
    /// Its answers are well and hold a field that was never there.
    NewField,
    /// It refuses calls of one key that come while another is answered.
    OneAtATime,
    /// Its answers are well, and what sites sent since is not in them.
    Frozen,
    /// What sites sent in the hour before has not arrived.
    Late,
    /// Energy is zero whatever the power.
    ZeroEnergy,
    /// The sums of years are next to nothing.
    WrongTotals,
    /// The first inverter of each site was replaced.
    Replaced,
    /// No meter is there.
    NoMeter,
    /// The meter is silent.
    MeterStopped,
    /// Inverters give a billion watts.
    Billion,
    /// The firmware of inverters is old.
    OldFirmware,
    /// The first inverter of each site raises an alarm.
    Alarm,
}

impl Fault {
    /// Whether it is a refusal of a call, rather than something in what is
    /// answered.
    pub(super) const fn refuses(self) -> bool {
        matches!(
            self,
            Self::BadGateway
                | Self::Maintenance
                | Self::Minute
                | Self::Month
                | Self::Key
                | Self::Forbidden
                | Self::Gone
                | Self::Nonsense
        )
    }
}
