use greengrid_app::ingestion::{QuarantineEntry, Source, Submission};

use crate::api::decode::{Format, Media, Undecodable, decode, unpack};

/// Reads what an entry holds, by the rules of today.
pub(super) fn read_again(entry: &QuarantineEntry) -> Result<Submission, Undecodable> {
    let mut payload = entry.payload.clone();
    if payload.starts_with(b"\x1f\x8b") {
        payload = unpack(payload)?;
    }
    let format = match Media::of(&entry.content_type, None) {
        Some(Media { format, gzip: false }) => format,
        _ => Format::guess(&payload),
    };
    // A row of a JSON array is kept alone.
    if format == Format::Json && entry.row.is_some() {
        payload.insert(0, b'[');
        payload.push(b']');
    }
    decode(Source::Replay, entry.token, Media { format, gzip: false }, payload)
}

#[cfg(test)]
mod tests {
    use super::*;
    use greengrid_app::ingestion::RejectCode;
    use jiff::Timestamp;
    use uuid::Uuid;

    fn read(content_type: &str, row: Option<u32>, payload: &str) -> usize {
        let entry = QuarantineEntry {
            id: Uuid::nil(),
            received_at: Timestamp::UNIX_EPOCH,
            source: Source::Api,
            content_type: content_type.to_owned(),
            row,
            payload: payload.as_bytes().to_vec(),
            field: None,
            code: RejectCode::UnknownSite,
            message: String::new(),
            token: None,
            replayed: None,
        };
        read_again(&entry).unwrap().rows.len()
    }

    #[test]
    fn rows_and_payloads_of_every_kind_are_read_again() {
        let object = "{\"site_id\":\"s\",\n\"timestamp_utc\":\"2026-06-12T08:45:00Z\"}";
        let line = object.replace('\n', "");
        let csv = "site_id,timestamp_utc,power_w,energy_wh\ns,2026-06-12T08:45:00Z,1,1";

        assert_eq!(read("application/json", Some(3), object), 1);
        assert_eq!(read("application/json", None, &format!("[{object},{object}]")), 2);
        assert_eq!(read("application/x-ndjson", Some(1), &line), 1);
        assert_eq!(read("text/csv", Some(9), csv), 1);
        assert_eq!(read("application/octet-stream", None, csv), 1);
        assert_eq!(read("", None, &format!("[{object}]")), 1);
    }
}
