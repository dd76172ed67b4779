use crate::vendors::canary::Known;

/// What is known of the answers of the Solar.web Query API.
pub(in crate::vendors) const KNOWN: &[Known] = &[
    Known {
        call: "the list of systems",
        path: &["swqapi", "pvsystems"],
        fields: "
            pvSystems list
            pvSystems[] object
            pvSystems[].pvSystemId text
            pvSystems[].name text
            pvSystems[].address object?~
            pvSystems[].peakPower number
            pvSystems[].installationDate text?
            pvSystems[].lastImport text
            pvSystems[].timeZone text
            pvSystems[].pictureURL text?
            links object
            links.first text?
            links.prev text?
            links.self text?
            links.next text?
            links.last text?
            links.totalItemsCount number?
        ",
    },
    Known {
        call: "the details of a system",
        path: &["swqapi", "pvsystems", "*"],
        fields: "
            pvSystemId text
            name text?
            address object?~
            peakPower number
            installationDate text?
            lastImport text
            timeZone text
            pictureURL text?
        ",
    },
    Known {
        call: "the devices of a system",
        path: &["swqapi", "pvsystems", "*", "devices"],
        fields: "
            devices list
            devices[] object
            devices[].deviceType text
            devices[].deviceId text
            devices[].serialNumber text
            devices[].deviceName text?
            devices[].dataloggerId text?
            devices[].peakPower object?~
            devices[].nominalAcPower number?
            devices[].firmware object?~
            devices[].isActive flag?
            devices[].activationDate text?
            devices[].deactivationDate text?
        ",
    },
    Known {
        call: "the sums of a system",
        path: &["swqapi", "pvsystems", "*", "aggrdata"],
        fields: "
            pvSystemId text?
            deviceId text?
            data list
            data[] object
            data[].logDateTime text|number?
            data[].logDate text|number?
            data[].channels list
            data[].channels[] object
            data[].channels[].channelName text
            data[].channels[].channelType text?
            data[].channels[].unit text
            data[].channels[].value number?
        ",
    },
    Known {
        call: "the production of a device",
        path: &["swqapi", "pvsystems", "*", "devices", "*", "histdata"],
        fields: "
            pvSystemId text?
            deviceId text?
            data list
            data[] object
            data[].logDateTime text
            data[].logDuration number
            data[].channels list
            data[].channels[] object
            data[].channels[].channelName text
            data[].channels[].channelType text?
            data[].channels[].unit text
            data[].channels[].value number?
        ",
    },
];
