use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use greengrid_domain::messages::LetterImage;

/// The markup of a letter as a browser can show it: mail programs find pictures
/// by their names within the letter, browsers do not.
pub(super) fn with_pictures(html: &str, images: &[LetterImage]) -> String {
    images.iter().fold(html.to_owned(), |html, image| {
        let data = format!("data:{};base64,{}", image.media, STANDARD.encode(&image.bytes));
        html.replace(&format!("\"cid:{}\"", image.cid), &format!("\"{data}\""))
    })
}
