use std::sync::Arc;

/// Makes whole addresses of our own pages, as letters need them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links(Arc<str>);

impl Links {
    /// Pages are under this origin: `https://host[:port]`, without a slash at
    /// its end.
    #[must_use]
    pub fn under(origin: &str) -> Self {
        Self(origin.trim_end_matches('/').into())
    }

    /// The whole address of a path that begins with a slash.
    #[must_use]
    pub fn to(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// The origin.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.0
    }
}
