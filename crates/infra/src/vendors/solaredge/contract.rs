use crate::vendors::canary::Known;

/// Values of one kind, one after the other.
const SERIES: &str = "
    period object?~
    unit text
    resolution text?
    values list
    values[] object
    values[].timestamp text
    values[].value number?
";

/// What is known of the answers of the Monitoring API v2.
pub(in crate::vendors) const KNOWN: &[Known] = &[
    Known {
        call: "the list of sites",
        path: &["v2", "sites"],
        fields: "
            sites object
            sites.count number?
            sites.site list
            sites.site[] object
            sites.site[].siteId number
            sites.site[].name text
            sites.site[].activationStatus text?
        ",
    },
    Known {
        call: "the details of a site",
        path: &["v2", "sites", "*"],
        fields: "
            siteId number
            name text
            accountId number?
            peakPower number
            installationDate text?
            lastUpdateTime text
            location object
            location.city text?
            location.country text?
            location.timezone text
            activationStatus text?
        ",
    },
    Known {
        call: "the devices of a site",
        path: &["v2", "sites", "*", "devices"],
        fields: "
            [] object
            [].type text
            [].serialNumber text
            [].manufacturer text?
            [].model text?
            [].partNumber text?
            [].firmwareVersion text?
            [].active flag?
            [].name text?
            [].connectedTo text?
            [].connectedOptimizers number?
        ",
    },
    Known {
        call: "the production of inverters",
        path: &["v2", "sites", "*", "inverters", "telemetry"],
        fields: "
            inverters object
            inverters.* object
            inverters.*.power object?
            inverters.*.power.unit text?
            inverters.*.power.resolution text?
            inverters.*.power.values list?
            inverters.*.power.values[] object?
            inverters.*.power.values[].timestamp text?
            inverters.*.power.values[].value number?
            inverters.*.energy object
            inverters.*.energy.unit text
            inverters.*.energy.resolution text?
            inverters.*.energy.values list
            inverters.*.energy.values[] object
            inverters.*.energy.values[].timestamp text
            inverters.*.energy.values[].value number?
            inverters.*.voltage object?~
            inverters.*.current object?~
            inverters.*.frequency object?~
        ",
    },
    Known {
        call: "the production of a site",
        path: &["v2", "sites", "*", "power"],
        fields: SERIES,
    },
    Known {
        call: "the sums of a site",
        path: &["v2", "sites", "*", "overview"],
        fields: "
            production object
            production.total number?
            production.unit text?
            production.toSelfConsumption number?
            production.toStorage number?
            production.toGrid number?
            consumption object?~
        ",
    },
    Known { call: "the years of a site", path: &["v2", "sites", "*", "energy"], fields: SERIES },
    Known {
        call: "the alerts of a fleet",
        path: &["v2", "alerts"],
        fields: "
            [] object
            [].alertId number
            [].siteId number
            [].category text?
            [].type text
            [].impact number?
            [].status text
            [].firstTrigger text
            [].lastTrigger text?
            [].component object?~
            [].errorCodes list?
        ",
    },
    Known {
        call: "the alerts of a site",
        path: &["v2", "sites", "*", "alerts"],
        fields: "
            [] object
            [].alertId number
            [].siteId number?
            [].category text?
            [].type text
            [].impact number?
            [].status text
            [].firstTrigger text
            [].lastTrigger text?
            [].component object?~
            [].errorCodes list?
        ",
    },
];
