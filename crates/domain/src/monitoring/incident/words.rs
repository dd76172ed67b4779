use super::{Cause, Incident};

impl Incident {
    /// What it is, in one sentence for a list. `place` names the brand or the
    /// region.
    #[must_use]
    pub fn headline(&self, place: &str) -> String {
        let sites = self.sites;
        match &self.cause {
            Cause::VendorDown(_) => format!("{place} gives no readings: {sites} sites are silent."),
            Cause::GridFault(_) => {
                format!("Grid fault in {place}: {sites} sites went off together.")
            }
            Cause::Storm(_) => format!("Storm over {place}: {sites} sites lose in different ways."),
            Cause::ExportLimit(_, Some(share)) => {
                format!("{place} sites held at {share}\u{a0}%: one limit on {sites} sites.")
            }
            Cause::ExportLimit(_, None) => format!("{place} sites held at a limit: {sites} sites."),
        }
    }

    /// Why these anomalies are taken as one, for operations.
    #[must_use]
    pub fn evidence(&self, place: &str) -> String {
        let sites = self.sites;
        match &self.cause {
            Cause::VendorDown(_) => format!(
                "{sites} {place} sites fell silent one after the other, none more than half an \
                 hour after the one before, and they are at least three in ten of all {place} \
                 sites. Sites of other brands report. Look at the vendor's status page before \
                 anybody drives."
            ),
            Cause::GridFault(_) => format!(
                "{sites} sites in {place} stopped within ten minutes of each other in daylight, \
                 while their connections kept answering. Inverters leave a grid that is out of \
                 bounds together, and come back by themselves."
            ),
            Cause::Storm(_) => format!(
                "{sites} sites in {place} lost in at least two different ways within an hour of \
                 one another. Wait for the front to pass; what still loses afterwards is damage."
            ),
            Cause::ExportLimit(_, share) => {
                let held = share.map_or("a limit".to_owned(), |share| {
                    format!("about {share}\u{a0}% of what they could make")
                });
                format!(
                    "{sites} {place} sites are held at {held}, and it was first seen at all of \
                     them within hours. One setting or firmware does this to all of them, so one \
                     change mends it."
                )
            }
        }
    }

    /// What customer success says on the telephone.
    #[must_use]
    pub fn script(&self, place: &str) -> String {
        match &self.cause {
            Cause::VendorDown(_) => format!(
                "The connection of {place} is interrupted at the moment, for all of their \
                 systems. Yours is very likely producing as usual; we only cannot see it. The \
                 readings usually arrive later. You need not do anything, and please do not \
                 restart your inverter."
            ),
            Cause::GridFault(_) => format!(
                "The power grid around {place} has a fault, so your system has switched itself \
                 off, as it must. It starts again by itself some minutes after the grid is back. \
                 If your lights work and it is still off tomorrow morning, call us."
            ),
            Cause::Storm(_) => format!(
                "A storm went over {place}. We are looking at every system there. Please do not \
                 go on the roof. If you can see damage from the ground, take a photograph and \
                 send it to us."
            ),
            Cause::ExportLimit(..) => format!(
                "Your system is working, but a setting holds it below what it could make. It \
                 concerns many {place} systems, and we are changing it from here. Nobody needs to \
                 come to you."
            ),
        }
    }

    /// One honest sentence for a customer whose site is in it.
    #[must_use]
    pub fn for_customer(&self, place: &str) -> String {
        match &self.cause {
            Cause::VendorDown(_) => format!(
                "We cannot see your system because the connection of {place} is down for \
                 everybody; it is very likely producing as usual."
            ),
            Cause::GridFault(_) => "The power grid in your area has a fault, so your system is \
                 off and will start again by itself."
                .to_owned(),
            Cause::Storm(_) => "A storm went over your area and your system makes less than it \
                 should; we are finding out whether anything is damaged."
                .to_owned(),
            Cause::ExportLimit(..) => "Your system is held below what it could make by a setting \
                 that we are changing from here."
                .to_owned(),
        }
    }
}
