use anyhow::{Context, bail};
use clap::Args;
use greengrid_http::bootstrap::{Core, Instance};
use greengrid_http::{Secret, Settings, server};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::options::{BrokerOptions, ListenOptions, MailOptions, VendorOptions, connected};

/// What `serve` needs.
#[derive(Debug, Args)]
#[command(
    long_about = "Serves a fleet of your own. It creates no demo data and no account: add people \
                  with `greengrid user add`. Any number of instances can serve one database.",
    after_long_help = "\
Example:
  export DATABASE_URL=postgres://greengrid@db.example.org/greengrid
  export GREENGRID_SECRET=$(openssl rand -hex 32)      # the same for every instance
  greengrid serve --addr 0.0.0.0:3000 --public-url https://greengrid.example.org"
)]
pub(crate) struct ServeOptions {
    /// Address of the database, Postgres 15 or later; needed
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// At least 32 characters with which cookies are encrypted, the same for every instance;
    /// needed. Better set in the environment: everybody on the machine can see arguments
    #[arg(long, value_name = "TEXT", env = "GREENGRID_SECRET", hide_env_values = true)]
    secret: Option<String>,
    #[command(flatten)]
    listen: ListenOptions,
    #[command(flatten)]
    vendors: VendorOptions,
    #[command(flatten)]
    mail: MailOptions,
    #[command(flatten)]
    broker: BrokerOptions,
}

/// Serves until told to stop.
pub(crate) async fn run(options: ServeOptions) -> anyhow::Result<()> {
    let Some(url) = options.database_url.filter(|url| !url.is_empty()) else {
        bail!(
            "`serve` needs the address of a database in DATABASE_URL, such as \
             postgres://localhost/greengrid; `greengrid` alone starts the demo without one"
        );
    };
    let secret = secret(options.secret.as_deref())?;
    let mail = options.mail.server()?;
    let broker = options.broker.settings()?;
    let stop = stop_signal()?;
    let listener = listen(&options.listen).await?;
    let pools = connected(&url).await?;
    let core = Core::production(pools).await.context("could not read the fleet")?;
    let settings = Settings::builder()
        .secret(secret)
        .maybe_public_url(options.listen.public_url.clone())
        .trusted_proxies(options.listen.trusted_proxies.clone())
        .streams(options.listen.streams())
        .maybe_vendor_stand_ins(options.vendors.vendor_stand_ins.clone())
        .vendor_clients(options.vendors.clients())
        .maybe_mail(mail)
        .maybe_broker(broker)
        .webhook_networks(options.mail.webhook_networks.clone())
        .listens_at(listener.local_addr()?)
        .build();
    let instance = Instance::start(core, settings).await.context("could not start")?;
    tracing::info!(address = %listener.local_addr()?, "GreenGrid serves");
    println!("GreenGrid is at {}", told_address(&options.listen, &listener)?);
    instance.serve(listener, server::Limits::default(), stop).await;
    Ok(())
}

fn secret(given: Option<&str>) -> anyhow::Result<Secret> {
    match given {
        Some(text) if !text.is_empty() => text.parse().context("GREENGRID_SECRET cannot be used"),
        _ => bail!(
            "`serve` needs GREENGRID_SECRET, at least 32 characters that only the server knows; \
             `openssl rand -hex 32` makes one"
        ),
    }
}

/// Takes the port, so that one that is in use is told before anything slow.
pub(super) async fn listen(options: &ListenOptions) -> anyhow::Result<TcpListener> {
    server::raise_open_files();
    TcpListener::bind(options.addr).await.with_context(|| {
        format!(
            "could not listen at {}; choose another with --addr or GREENGRID_ADDR",
            options.addr
        )
    })
}

/// The address to open in a browser.
pub(super) fn told_address(
    options: &ListenOptions,
    listener: &TcpListener,
) -> anyhow::Result<String> {
    Ok(match &options.public_url {
        Some(url) => url.to_string(),
        None => format!("http://{}", listener.local_addr()?),
    })
}

/// Cancelled by the first interrupt or request to terminate; the second ends
/// the program at once.
pub(super) fn stop_signal() -> anyhow::Result<CancellationToken> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let stop = CancellationToken::new();
    let token = stop.clone();
    tokio::spawn(async move {
        for again in [false, true] {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if again {
                std::process::exit(130);
            }
            token.cancel();
        }
    });
    Ok(stop)
}
