/// A file that the program carries.
pub(crate) struct File {
    /// Its name after `/static/{version}/`.
    pub(crate) name: &'static str,
    /// Its `Content-Type`.
    pub(crate) content_type: &'static str,
    /// What it consists of, in order.
    pub(crate) parts: &'static [&'static [u8]],
}

macro_rules! embedded {
    ($($path:literal),+) => {
        &[$(include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../static/", $path)).as_slice()),+]
    };
}

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";
const WOFF2: &str = "font/woff2";

/// All of them.
pub(crate) const FILES: &[File] = &[
    File {
        name: "app.css",
        content_type: CSS,
        parts: embedded!(
            "css/tokens.css",
            "css/base.css",
            "css/layout.css",
            "css/controls.css",
            "css/charts.css",
            "css/ledger.css",
            "css/tables.css",
            "css/forms.css",
            "css/cases.css",
            "css/onboarding.css",
            "css/overlays.css",
            "css/pages.css",
            "css/chat.css",
            "css/system.css",
            "css/narrow.css",
            "css/print.css"
        ),
    },
    File { name: "app.js", content_type: JS, parts: embedded!("js/app.js", "js/keys.js") },
    File { name: "onboarding.js", content_type: JS, parts: embedded!("js/onboarding.js") },
    File { name: "chart.js", content_type: JS, parts: embedded!("js/chart.js") },
    File { name: "chat.js", content_type: JS, parts: embedded!("js/chat.js", "js/mentions.js") },
    File { name: "system.js", content_type: JS, parts: embedded!("js/system.js") },
    File { name: "datastar.js", content_type: JS, parts: embedded!("vendor/datastar/datastar.js") },
    File { name: "uplot.js", content_type: JS, parts: embedded!("vendor/uplot/uplot.js") },
    File {
        name: "uplot.css",
        content_type: CSS,
        // In the layer of what is not ours, so that our own styles come after.
        parts: &[
            b"@layer vendor {",
            include_bytes!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../static/vendor/uplot/uplot.css"
            )),
            b"}",
        ],
    },
    File { name: "icons.svg", content_type: SVG, parts: embedded!("icons.svg") },
    File { name: "days.svg", content_type: SVG, parts: embedded!("days.svg") },
    File { name: "mark.svg", content_type: SVG, parts: embedded!("mark.svg") },
    File {
        name: "fonts/plex-sans.woff2",
        content_type: WOFF2,
        parts: embedded!("fonts/plex-sans.woff2"),
    },
    File {
        name: "fonts/plex-mono.woff2",
        content_type: WOFF2,
        parts: embedded!("fonts/plex-mono.woff2"),
    },
];
