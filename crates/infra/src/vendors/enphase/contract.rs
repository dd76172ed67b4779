use crate::vendors::canary::Known;

/// What is known of the answers, from the vendor's own description of v4.
pub(in crate::vendors) const KNOWN: &[Known] = &[
    Known {
        call: "the list of systems",
        path: &["api", "v4", "systems"],
        fields: "
            total number
            current_page number?
            size number?
            count number?
            items text?
            systems list
            systems[] object
            systems[].system_id number
            systems[].name text
            systems[].public_name text?
            systems[].timezone text
            systems[].address object?~
            systems[].connection_type text?
            systems[].status text
            systems[].last_report_at number
            systems[].last_energy_at number?
            systems[].operational_at number?
            systems[].interconnect_date text|number?
            systems[].energy_lifetime number?
            systems[].energy_today number?
            systems[].system_size number?
        ",
    },
    Known {
        call: "the summary of a system",
        path: &["api", "v4", "systems", "*", "summary"],
        fields: "
            system_id number
            current_power number?
            energy_lifetime number?
            energy_today number?
            last_interval_end_at number?
            last_report_at number
            modules number?
            operational_at number?
            size_w number
            nmi text?
            source text?
            status text?
            summary_date text?
        ",
    },
    Known {
        call: "the devices of a system",
        path: &["api", "v4", "systems", "*", "devices"],
        fields: "
            system_id number?
            total_devices number?
            items text?
            devices object
            devices.micros list
            devices.micros[] object
            devices.micros[].serial_number text
            devices.micros[].id number?
            devices.micros[].name text?
            devices.micros[].last_report_at number?
            devices.micros[].part_number text?
            devices.micros[].sku text?
            devices.micros[].model text?
            devices.micros[].status text?
            devices.micros[].active flag?
            devices.micros[].product_name text?
            devices.meters list?
            devices.meters[] object?~
            devices.gateways list?
            devices.gateways[] object?~
        ",
    },
    Known {
        call: "the production of a system",
        path: &["api", "v4", "systems", "*", "telemetry", "production_micro"],
        fields: "
            system_id number?
            granularity text?
            total_devices number
            start_at number?
            end_at number?
            items text?
            intervals list
            intervals[] object
            intervals[].end_at number
            intervals[].devices_reporting number
            intervals[].powr number
            intervals[].enwh number
            meta object?~
        ",
    },
];
