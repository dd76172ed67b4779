/// How readings can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter)]
pub(crate) enum Format {
    /// An array of objects.
    Json,
    /// An object in each line.
    Ndjson,
    /// A header line, then a reading in each line.
    Csv,
}

impl Format {
    /// The media type under which payloads of this format are kept.
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv",
        }
    }

    /// What the bytes look like, for payloads that did not say.
    pub(crate) fn guess(payload: &[u8]) -> Self {
        match payload.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'[') => Self::Json,
            Some(b'{') => Self::Ndjson,
            _ => Self::Csv,
        }
    }
}

/// What a body claims to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Media {
    /// How the readings are written.
    pub(crate) format: Format,
    /// Whether the body is packed with gzip.
    pub(crate) gzip: bool,
}

impl Media {
    /// What the headers `Content-Type` and `Content-Encoding` say; `None` for
    /// anything that is not understood.
    pub(crate) fn of(content_type: &str, content_encoding: Option<&str>) -> Option<Self> {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let (format, packed) = match essence.to_ascii_lowercase().as_str() {
            "application/json" => (Format::Json, false),
            "application/x-ndjson"
            | "application/ndjson"
            | "application/jsonl"
            | "application/x-jsonlines" => (Format::Ndjson, false),
            "text/csv" | "application/csv" => (Format::Csv, false),
            "application/gzip" | "application/x-gzip" => (Format::Csv, true),
            _ => return None,
        };
        let encoding = content_encoding.map(|e| e.trim().to_ascii_lowercase());
        match encoding.as_deref() {
            None | Some("" | "identity") => Some(Self { format, gzip: packed }),
            Some("gzip" | "x-gzip") => Some(Self { format, gzip: true }),
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use strum::IntoEnumIterator;

    #[test]
    fn every_format_is_found_by_the_type_it_is_kept_under() {
        for format in Format::iter() {
            let media = Media::of(format.content_type(), None);

            assert_eq!(media, Some(Media { format, gzip: false }));
        }
    }

    #[test]
    fn parameters_case_and_packing_are_understood() {
        let csv_gz = Some(Media { format: Format::Csv, gzip: true });

        assert_eq!(Media::of("text/CSV; charset=utf-8", Some("GZIP")), csv_gz);
        assert_eq!(Media::of("application/gzip", None), csv_gz);
        assert_eq!(Media::of("application/json", Some("br")), None);
        assert_eq!(Media::of("text/html", None), None);
    }
}
