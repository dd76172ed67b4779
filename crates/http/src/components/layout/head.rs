use maud::{Markup, html};

use crate::assets;

/// Title, styles and scripts. Scripts are deferred: a page reads and works
/// before, and without, any of them.
pub(super) fn head(title: &str, scripts: &[&str]) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) " · GreenGrid" }
            link rel="icon" href=(assets::url("mark.svg")) type="image/svg+xml";
            link rel="preload" href=(assets::url("fonts/plex-sans.woff2")) as="font" type="font/woff2" crossorigin;
            link rel="stylesheet" href=(assets::url("app.css"));
            @if scripts.contains(&"uplot.js") {
                link rel="stylesheet" href=(assets::url("uplot.css"));
            }
            script src=(assets::url("app.js")) defer {}
            script type="module" src=(assets::url("datastar.js")) {}
            @for script in scripts {
                script src=(assets::url(script)) defer {}
            }
        }
    }
}
