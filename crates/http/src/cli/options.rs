use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use greengrid_app::identity::Identity;
use greengrid_domain::ingestion::TopicRule;
use greengrid_domain::network::Networks;
use greengrid_http::bootstrap::{self, Pools, Stores};
use greengrid_http::{
    BrokerSettings, MailServer, PublicUrl, Secret, StreamLimits, TrustedProxies, VendorClients,
};

use super::files;

/// Where to listen, and as whom.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Network")]
pub(crate) struct ListenOptions {
    /// Address and port to listen at
    #[arg(long, value_name = "ADDRESS", env = "GREENGRID_ADDR", default_value = "127.0.0.1:3000")]
    pub(crate) addr: SocketAddr,
    /// The address people type, where a proxy speaks HTTPS for us; with https:// cookies are Secure
    #[arg(long, value_name = "URL", env = "GREENGRID_PUBLIC_URL")]
    pub(crate) public_url: Option<PublicUrl>,
    /// Proxies whose X-Forwarded-For is believed, such as `10.0.0.0/8,::1`
    #[arg(
        long,
        value_name = "NETWORKS",
        env = "GREENGRID_TRUSTED_PROXIES",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) trusted_proxies: TrustedProxies,
    /// Pages that one session may have open and live at a time
    #[arg(long, value_name = "NUMBER", env = "GREENGRID_TABS_PER_SESSION", default_value_t = 32)]
    tabs_per_session: usize,
}

impl ListenOptions {
    /// The bounds of live streams.
    pub(crate) fn streams(&self) -> StreamLimits {
        StreamLimits::builder().tabs_per_session(self.tabs_per_session).build()
    }
}

/// Where the program keeps its own files.
#[derive(Debug, Clone, Args)]
pub(crate) struct DataOptions {
    /// Directory of the private Postgres and of the demo's files
    #[arg(
        long,
        value_name = "DIRECTORY",
        env = "GREENGRID_DATA_DIR",
        default_value = ".greengrid"
    )]
    pub(crate) data_dir: PathBuf,
}

/// Which database to work on.
#[derive(Debug, Clone, Args)]
pub(crate) struct DatabaseOptions {
    /// Address of the database; without it, that of the demo which runs in the data directory
    #[arg(long, value_name = "URL", env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    #[command(flatten)]
    data: DataOptions,
}

impl DatabaseOptions {
    /// Connects, and brings the schema up to date.
    pub(crate) async fn migrated(&self) -> anyhow::Result<Pools> {
        let url = match &self.database_url {
            Some(url) if !url.is_empty() => url.clone(),
            _ => match files::database(&self.data.data_dir) {
                Some(url) => url,
                None => bail!(
                    "there is no database to work on: set DATABASE_URL, or start the demo \
                     (`greengrid`) and run this beside it"
                ),
            },
        };
        connected(&url).await
    }

    /// The stores of this database.
    pub(crate) async fn stores(&self) -> anyhow::Result<Stores> {
        Stores::beside(self.migrated().await?).await.context("could not read the database")
    }

    /// The people and tokens of this database.
    pub(crate) async fn identity(&self) -> anyhow::Result<Identity> {
        Ok(self.stores().await?.identity)
    }
}

/// A database, and the secret by which some of it is sealed.
#[derive(Debug, Clone, Args)]
pub(crate) struct SealedOptions {
    #[command(flatten)]
    pub(crate) database: DatabaseOptions,
    /// The server’s secret; without it, that of the demo in the data directory
    #[arg(long, value_name = "TEXT", env = "GREENGRID_SECRET", hide_env_values = true)]
    secret: Option<String>,
    #[command(flatten)]
    pub(crate) vendors: VendorOptions,
}

impl SealedOptions {
    /// The secret.
    pub(crate) fn secret(&self) -> anyhow::Result<Secret> {
        let secret = match &self.secret {
            Some(secret) if !secret.is_empty() => secret.clone(),
            _ => files::secret(&self.database.data.data_dir)?,
        };
        secret.parse().context("GREENGRID_SECRET cannot be used")
    }
}

/// Where vendors are reached.
#[derive(Debug, Clone, Args)]
pub(crate) struct VendorOptions {
    /// Address on this machine of stand-ins to call in the place of the vendors
    #[arg(long, value_name = "URL", env = "GREENGRID_VENDOR_STAND_INS")]
    pub(crate) vendor_stand_ins: Option<String>,
    /// Id of our OAuth client at Enphase, for owners who approve on its page
    #[arg(long, value_name = "ID", env = "GREENGRID_ENPHASE_CLIENT_ID")]
    enphase_client_id: Option<String>,
    /// Its secret
    #[arg(
        long,
        value_name = "SECRET",
        env = "GREENGRID_ENPHASE_CLIENT_SECRET",
        hide_env_values = true
    )]
    enphase_client_secret: Option<String>,
    /// The key of our application at Enphase
    #[arg(long, value_name = "KEY", env = "GREENGRID_ENPHASE_APP_KEY", hide_env_values = true)]
    enphase_app_key: Option<String>,
    /// Id of our OAuth client at SolarEdge, for owners who approve on its page
    #[arg(long, value_name = "ID", env = "GREENGRID_SOLAREDGE_CLIENT_ID")]
    solaredge_client_id: Option<String>,
    /// Its secret
    #[arg(
        long,
        value_name = "SECRET",
        env = "GREENGRID_SOLAREDGE_CLIENT_SECRET",
        hide_env_values = true
    )]
    solaredge_client_secret: Option<String>,
}

impl VendorOptions {
    /// As whom the vendors know us.
    pub(crate) fn clients(&self) -> VendorClients {
        VendorClients {
            enphase: self.enphase_client_id.clone().zip(self.enphase_client_secret.clone()),
            enphase_app_key: self.enphase_app_key.clone(),
            solaredge: self.solaredge_client_id.clone().zip(self.solaredge_client_secret.clone()),
        }
    }
}

/// How letters reach people, and messages other programs.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Mail and webhooks")]
pub(crate) struct MailOptions {
    /// The mail server, such as `smtps://user:password@mail.example.org` or
    /// `smtp://mail.example.org:587?tls=required`; without one letters are kept on the page
    /// /mailbox. Better set in the environment: everybody on the machine can see arguments
    #[arg(long, value_name = "URL", env = "GREENGRID_SMTP_URL", hide_env_values = true)]
    smtp_url: Option<String>,
    /// From whom letters are, such as `GreenGrid <alerts@example.org>`; needed with a mail server
    #[arg(long, value_name = "ADDRESS", env = "GREENGRID_MAIL_FROM")]
    mail_from: Option<String>,
    /// Networks of our own to which webhooks may lead, such as `10.0.0.0/8,127.0.0.1`; without
    /// any they lead to the open internet alone, by HTTPS
    #[arg(
        long,
        value_name = "NETWORKS",
        env = "GREENGRID_WEBHOOK_NETWORKS",
        default_value = "",
        hide_default_value = true
    )]
    pub(crate) webhook_networks: Networks,
}

impl MailOptions {
    /// The mail server, if there is one.
    pub(crate) fn server(&self) -> anyhow::Result<Option<MailServer>> {
        let Some(url) = self.smtp_url.clone().filter(|url| !url.is_empty()) else {
            return Ok(None);
        };
        let Some(from) = self.mail_from.clone().filter(|from| !from.is_empty()) else {
            bail!(
                "with GREENGRID_SMTP_URL letters need a sender in GREENGRID_MAIL_FROM, such as \
                 GreenGrid <alerts@example.org>"
            );
        };
        let server = MailServer { url, from };
        bootstrap::check_mail(&server).context("letters cannot be sent")?;
        Ok(Some(server))
    }
}

/// A broker whose messages are readings.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "MQTT")]
pub(crate) struct BrokerOptions {
    /// The broker of MQTT to listen to, such as `mqtt://user:password@broker.example.org`. Better
    /// set in the environment: everybody on the machine can see arguments
    #[arg(long, value_name = "URL", env = "GREENGRID_MQTT_URL", hide_env_values = true)]
    mqtt_url: Option<String>,
    /// Whose its messages are: patterns of topics with the site and device they are about, such as
    /// `tele/{device}/SENSOR=ROOF-7;shellies/{device}/relay/0/+=ROOF-8`
    #[arg(long, value_name = "RULES", env = "GREENGRID_MQTT_TOPICS", value_delimiter = ';')]
    mqtt_topics: Vec<TopicRule>,
}

impl BrokerOptions {
    /// The broker, if there is one.
    pub(crate) fn settings(&self) -> anyhow::Result<Option<BrokerSettings>> {
        let Some(url) = self.mqtt_url.clone().filter(|url| !url.is_empty()) else {
            return Ok(None);
        };
        bootstrap::check_broker(&url).context("GREENGRID_MQTT_URL cannot be used")?;
        if self.mqtt_topics.is_empty() {
            bail!(
                "with GREENGRID_MQTT_URL it has to be told in GREENGRID_MQTT_TOPICS whose the \
                 messages are, such as tele/{{device}}/SENSOR=ROOF-7"
            );
        }
        Ok(Some(BrokerSettings { url, rules: self.mqtt_topics.clone() }))
    }
}

/// Connects, and brings the schema up to date.
pub(crate) async fn connected(url: &str) -> anyhow::Result<Pools> {
    bootstrap::migrate(url).await.context("could not bring the database to the present schema")?;
    bootstrap::connect(url).await.context("could not connect to the database")
}
