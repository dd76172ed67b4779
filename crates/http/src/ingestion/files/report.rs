use std::borrow::Cow;

use greengrid_app::ingestion::ImportReject;

/// The first line of a report.
pub const HEADER: &str = "file,row,field,code,message,line\r\n";

/// Rows not taken, as lines of CSV to follow [`HEADER`].
#[must_use]
pub fn report(rejects: &[ImportReject]) -> String {
    let mut lines = String::new();
    for reject in rejects {
        let row = reject.row.to_string();
        let code: &str = reject.code.into();
        let field = reject.field.as_deref().unwrap_or_default();
        let values = [&reject.file, &row, field, code, &reject.message, &reject.line];
        let values: Vec<String> = values.into_iter().map(quoted).collect();
        lines.push_str(&values.join(","));
        lines.push_str("\r\n");
    }
    lines
}

/// A value in quotation marks. One that a spreadsheet would take for a formula
/// gets an apostrophe in front: whoever sent the row must not run anything on
/// the computer of whoever reads about it.
fn quoted(value: &str) -> String {
    let harmless = if value.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{value}"))
    } else {
        Cow::Borrowed(value)
    };
    format!("\"{}\"", harmless.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use greengrid_app::ingestion::RejectCode;

    #[test]
    fn no_value_of_a_report_is_a_formula() {
        let reject = ImportReject {
            file: "readings.csv".to_owned(),
            row: 7,
            field: Some("power_w".to_owned()),
            code: RejectCode::InvalidNumber,
            message: "power_w is “a”, which is not a finite number".to_owned(),
            line: "=HYPERLINK(\"http://x\"),1".to_owned(),
        };

        let report = report(&[reject]);

        assert_eq!(
            report,
            "\"readings.csv\",\"7\",\"power_w\",\"invalid_number\",\
             \"power_w is “a”, which is not a finite number\",\
             \"'=HYPERLINK(\"\"http://x\"\"),1\"\r\n"
        );
    }
}
