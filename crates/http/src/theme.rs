//! The choice of colours, for browsers without script.

use axum::Form;
use axum::http::header::{REFERER, SET_COOKIE};
use axum::http::{HeaderMap, Uri};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::auth::Theme;
use crate::router::Routes;

pub(crate) fn routes() -> Routes {
    Routes::default().post("/theme", choose)
}

#[derive(Deserialize)]
struct ThemeDto {
    theme: String,
}

/// Keeps the choice for a year in a cookie and returns to the page it came
/// from. An unknown choice lets the system decide.
async fn choose(headers: HeaderMap, Form(dto): Form<ThemeDto>) -> Response {
    let theme: &str = dto.theme.parse::<Theme>().unwrap_or_default().into();
    let cookie = format!("theme={theme}; Path=/; Max-Age=31536000; SameSite=Lax");
    (AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to(&origin_page(&headers))).into_response()
}

/// Path and query of the page that sent the form; never another site.
fn origin_page(headers: &HeaderMap) -> String {
    let referer = headers.get(REFERER).and_then(|value| value.to_str().ok());
    let page = referer.and_then(|address| address.parse::<Uri>().ok());
    let path = page.as_ref().and_then(Uri::path_and_query).map(ToString::to_string);
    path.filter(|path| path.starts_with('/') && !path.starts_with("//"))
        .unwrap_or_else(|| "/".to_owned())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn check(referer: &'static str, expected: &str) {
        let headers = HeaderMap::from_iter([(REFERER, HeaderValue::from_static(referer))]);
        assert_eq!(origin_page(&headers), expected);
    }

    #[test]
    fn the_way_back_stays_on_this_site() {
        check("http://127.0.0.1:3000/sites?page=2", "/sites?page=2");
        check("http://elsewhere.example//evil.example/", "/");
        check("nonsense", "/");
    }
}
