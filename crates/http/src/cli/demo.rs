use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use console::style;
use greengrid_app::identity::DEMO_PASSWORD;
use greengrid_http::bootstrap::{Demo, DemoSettings, Instance, PrivatePostgres, demo_accounts};
use greengrid_http::{Secret, Settings, server};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::files;
use super::options::{
    BrokerOptions, DataOptions, ListenOptions, MailOptions, VendorOptions, connected,
};
use super::progress::Steps;
use super::serve::{listen, stop_signal, told_address};

/// What can be chosen about the demo.
#[derive(Debug, Args)]
#[command(
    long_about = "Starts the demo: an invented fleet with 90 days of readings, and a live feed \
                  that comes in as real readings do. Without DATABASE_URL it brings up a private \
                  Postgres in the data directory; with it, the database has to be empty or a \
                  demo. The demo has a clock of its own, which opens on a bright morning at \
                  10:40.",
    after_long_help = "The address, the accounts, a token and two sites are also written to \
                       demo.json in the data directory. To begin anew, stop the demo and delete \
                       that directory."
)]
pub(crate) struct DemoOptions {
    /// How many times faster than the clock on the wall the demo's clock runs
    #[arg(long, value_name = "TIMES", default_value_t = 1.0)]
    speed: f64,
    /// From which number everything is invented; the same number, the same fleet [default: 1]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// How many sites it has [default: 200]
    #[arg(long, value_name = "NUMBER")]
    pub(super) sites: Option<usize>,
    /// How many days of readings it has behind it [default: 90]
    #[arg(long, value_name = "DAYS")]
    history_days: Option<u16>,
    /// Address of a database that is empty or a demo, instead of a private Postgres
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    #[command(flatten)]
    listen: ListenOptions,
    #[command(flatten)]
    vendors: VendorOptions,
    #[command(flatten)]
    mail: MailOptions,
    #[command(flatten)]
    broker: BrokerOptions,
    #[command(flatten)]
    data: DataOptions,
}

/// Runs the demo until told to stop.
pub(crate) async fn run(options: DemoOptions) -> anyhow::Result<()> {
    let stop = stop_signal()?;
    let steps = Arc::new(Steps::new());
    let data_dir = &options.data.data_dir;
    let given = options.database_url.clone().filter(|url| !url.is_empty());
    let (url, private) = if let Some(url) = given {
        files::create(data_dir)?;
        (url, None)
    } else {
        let told = Arc::clone(&steps);
        let server = PrivatePostgres::start(data_dir, move |text| told.begin(text)).await?;
        (server.url().to_owned(), Some(server))
    };
    let ran = Box::pin(serve(&options, &url, &steps, stop)).await;
    steps.end();
    files::forget_database(data_dir);
    if let Some(server) = private {
        server.stop().await.context("the private Postgres did not stop")?;
    }
    ran
}

async fn serve(
    options: &DemoOptions,
    url: &str,
    steps: &Arc<Steps>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let mail = options.mail.server()?;
    let broker = options.broker.settings()?;
    let listener = listen(&options.listen).await?;
    let data_dir = &options.data.data_dir;
    let mut settings = Settings::builder()
        .secret(secret(data_dir)?)
        .maybe_public_url(options.listen.public_url.clone())
        .trusted_proxies(options.listen.trusted_proxies.clone())
        .streams(options.listen.streams())
        .vendor_clients(options.vendors.clients())
        .maybe_mail(mail)
        .maybe_broker(broker)
        .webhook_networks(options.mail.webhook_networks.clone())
        .listens_at(listener.local_addr()?)
        .demo_accounts(demo_accounts())
        .build();
    let opening = open(options, url, &settings, steps);
    let Some(demo) = stop.run_until_cancelled(opening).await else {
        return Ok(());
    };
    let demo = demo?;
    settings.vendor_stand_ins = Some(match options.vendors.vendor_stand_ins.clone() {
        Some(given) => given,
        None => stand_in(&demo, stop.clone()).await?,
    });
    demo.connect(&settings).await.context("could not connect the demo’s sites")?;
    let instance = Instance::start(demo.core.clone(), settings).await.context("could not start")?;
    demo.feed(&instance);
    steps.end();
    let address = told_address(&options.listen, &listener)?;
    files::remember_database(data_dir, url)?;
    demo.file(&address).write(data_dir).context("could not write demo.json")?;
    println!("{}", welcome(&address, demo.sites()));
    instance.serve(listener, server::Limits::default(), stop).await;
    Ok(())
}

/// Serves stand-ins for the vendors on a port of their own; gives their address.
async fn stand_in(demo: &Demo, stop: CancellationToken) -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("no port for the stand-ins")?;
    let address = format!("http://{}", listener.local_addr()?);
    let router = demo.stand_ins();
    tokio::spawn(async move {
        let stopped = async move { stop.cancelled().await };
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
            tracing::warn!(%error, "the vendors’ stand-ins ended");
        }
    });
    Ok(address)
}

async fn open(
    options: &DemoOptions,
    url: &str,
    pages: &Settings,
    steps: &Arc<Steps>,
) -> anyhow::Result<Demo> {
    steps.begin("Preparing the database");
    let pools = connected(url).await?;
    let settings = DemoSettings::builder()
        .maybe_seed(options.seed)
        .maybe_sites(options.sites)
        .maybe_history_days(options.history_days)
        .speed(options.speed)
        .build();
    let told = Arc::clone(steps);
    let tell = move |text: &'static str, done: u64, total: u64| told.of(text, done, total);
    Ok(Demo::open(pools, settings, pages, &options.data.data_dir, &tell).await?)
}

/// Made at the first start, so that cookies stay good across starts.
fn secret(data_dir: &Path) -> anyhow::Result<Secret> {
    Ok(files::secret(data_dir)?.parse()?)
}

fn welcome(address: &str, sites: usize) -> String {
    let accounts: Vec<String> = demo_accounts()
        .iter()
        .map(|account| format!("  {:<36} {}", account.email, account.role.name()))
        .collect();
    let accounts = accounts.join("\n");
    format!(
        "\nGreenGrid shows a demo fleet of {sites} sites at {}\n\n\
         Sign in as\n{accounts}\n\
         with the password {}\n\nCtrl-C stops it; its data stay for the next time.",
        style(address).bold().underlined(),
        style(DEMO_PASSWORD).bold(),
    )
}
