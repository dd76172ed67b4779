use std::fmt::Write as _;

use maud::{Markup, html};
use qrcode::{EcLevel, QrCode};

/// A square picture of a text that cameras read; nothing if the text is longer
/// than such pictures hold. Dark on light in both themes, with the margin of
/// four modules that ISO 18004 asks for.
pub(super) fn qr(text: &str, says: &str) -> Option<Markup> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (width, colors) = (code.width(), code.to_colors());
    let mut path = String::new();
    for (row, line) in colors.chunks(width).enumerate() {
        for (column, _) in line.iter().enumerate().filter(|(_, c)| c.select(true, false)) {
            let _ = write!(path, "M{} {}h1v1h-1z", column + 4, row + 4);
        }
    }
    let side = width + 8;
    Some(html! {
        svg .qr viewBox={ "0 0 " (side) " " (side) } role="img" aria-label=(says) shape-rendering="crispEdges" {
            rect width="100%" height="100%" fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_square_and_begins_with_the_corner_all_such_pictures_have() {
        let picture = qr("otpauth://totp/x?secret=GEZDGNBV", "code").unwrap().into_string();

        // Seven dark modules, from the margin on.
        for column in 4..11 {
            assert!(picture.contains(&format!("M{column} 4h1v1h-1z")), "{column}");
        }
        assert!(!picture.contains("M11 4h"));
        assert!(picture.contains("viewBox=\"0 0 3"));
        assert!(qr(&"x".repeat(5_000), "code").is_none());
    }
}
