use maud::Markup;

/// Writes a page where `GREENGRID_PAGES` says, for looking at it in a browser;
/// does nothing without it.
pub(crate) fn save(name: &str, page: &Markup) {
    if let Some(folder) = std::env::var_os("GREENGRID_PAGES") {
        let path = std::path::Path::new(&folder).join(format!("{name}.html"));
        std::fs::write(path, &page.0).unwrap();
    }
}
