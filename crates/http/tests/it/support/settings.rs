use greengrid_http::Settings;

/// The secret of every program here.
pub(crate) const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// The settings of a program reached by plain HTTP at whatever address.
pub(crate) fn settings() -> Settings {
    Settings::builder().secret(SECRET.parse().unwrap()).build()
}

/// The settings of a program whose webhooks may lead into these networks.
pub(crate) fn settings_reaching(networks: &str) -> Settings {
    Settings { webhook_networks: networks.parse().unwrap(), ..settings() }
}

/// The settings of a program at `https://green.example`.
pub(crate) fn https() -> Settings {
    Settings { public_url: Some("https://green.example".parse().unwrap()), ..settings() }
}
