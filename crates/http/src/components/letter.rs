//! Letters as markup: one column that reads on a phone, with its styles in the
//! elements, since mail programs drop the others.

use maud::{DOCTYPE, Markup, Render, html};

/// Styles of a letter's parts.
pub(crate) const FIGURE: &str = "font-size:24px;font-weight:700;line-height:1.2";
pub(crate) const HEAD: &str = "margin:24px 0 4px;font-size:16px;font-weight:700";
pub(crate) const DIM: &str = "color:#5b655f;font-size:13px";
pub(crate) const CELL: &str = "padding:10px 0;border-top:1px solid #d8ddd6;vertical-align:top";
pub(crate) const MONEY: &str = "padding:10px 12px 10px 0;border-top:1px solid #d8ddd6;\
    vertical-align:top;white-space:nowrap;font-weight:600";

const BODY: &str = "margin:0;padding:0;background:#f3f5f1;color:#17211c;\
    font:15px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const SHEET: &str = "max-width:640px;margin:0 auto;padding:24px 20px;background:#ffffff";
const BUTTON: &str = "display:inline-block;padding:10px 18px;background:#17463a;color:#ffffff;\
    text-decoration:none;border-radius:3px;font-weight:600";
const FOOT: &str = "margin-top:28px;padding-top:12px;border-top:2px solid #17211c;\
    color:#5b655f;font-size:12px";

/// A whole letter. `why` tells its reader why they have it.
pub(crate) fn sheet(title: &str, content: impl Render, why: impl Render) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light";
                title { (title) }
            }
            body style=(BODY) {
                div style=(SHEET) {
                    p style=(DIM) { "GreenGrid" }
                    (content)
                    div style=(FOOT) { (why) }
                }
            }
        }
    }
    .into_string()
}

/// The one thing to do, as a button that is a link.
pub(crate) fn button(label: &str, to: &str) -> Markup {
    html! { p style="margin:20px 0" { a href=(to) style=(BUTTON) { (label) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_is_escaped_and_the_button_leads_where_it_says() {
        let html =
            sheet("<b>", html! { p { "<i>" } (button("Open", "https://a.example/?a&b")) }, "");

        assert!(html.contains("<title>&lt;b&gt;</title>") && html.contains("<p>&lt;i&gt;</p>"));
        assert!(html.contains("href=\"https://a.example/?a&amp;b\""));
        assert!(!html.contains("<script") && !html.contains("<link"));
    }
}
