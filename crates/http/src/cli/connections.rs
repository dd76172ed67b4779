use anyhow::{Context, bail};
use clap::Subcommand;
use greengrid_app::actor::Actor;
use greengrid_app::ingestion::connections::{Connections, Key, Link};
use greengrid_app::ingestion::vendors::{
    Check, Credentials, ExternalId, OAuthClient, OAuthTokens, Outcome, SecretText,
};
use greengrid_domain::fleet::{Brand, SiteCode};
use greengrid_domain::ingestion::Quota;
use greengrid_http::bootstrap;
use jiff::{SignedDuration, Timestamp, ToSpan};
use uuid::Uuid;

use super::options::SealedOptions;
use super::password::ask_for;
use super::table::table;

#[derive(Debug, Subcommand)]
pub(crate) enum ConnectionCommand {
    /// Keep what opens a vendor’s interface; its secrets are asked for, or read
    /// line by line from the standard input
    #[command(subcommand)]
    Credential(CredentialCommand),
    /// Connect a site to its vendor, to be polled
    Add {
        /// Code of the site
        site: SiteCode,
        /// Name of the credential
        #[arg(long)]
        credential: String,
        /// What the vendor calls the site
        #[arg(long, value_name = "ID")]
        external_id: ExternalId,
        /// Minutes between two polls
        #[arg(long, value_name = "MINUTES", default_value_t = 60)]
        every: u16,
        #[command(flatten)]
        sealed: SealedOptions,
    },
    /// Make a secret address to which a Fronius Datamanager sends; it is shown this once
    Push {
        /// Code of the site
        site: SiteCode,
        #[command(flatten)]
        sealed: SealedOptions,
    },
    /// List all connections and how they do
    List {
        #[command(flatten)]
        sealed: SealedOptions,
    },
    /// Test a connection step by step
    Test {
        /// Its id, as `connection list` shows it
        id: Uuid,
        #[command(flatten)]
        sealed: SealedOptions,
    },
    /// Pause a connection
    Pause {
        /// Its id
        id: Uuid,
        #[command(flatten)]
        sealed: SealedOptions,
    },
    /// Let a paused connection go on
    Resume {
        /// Its id
        id: Uuid,
        #[command(flatten)]
        sealed: SealedOptions,
    },
    /// Fetch everything since a day again, oldest first, with calls to spare
    BackFill {
        /// Its id
        id: Uuid,
        /// From which day on, such as 2026-05-01
        #[arg(long, value_name = "DAY")]
        from: jiff::civil::Date,
        #[command(flatten)]
        sealed: SealedOptions,
    },
    /// Take a connection away; its readings stay
    Remove {
        /// Its id
        id: Uuid,
        #[command(flatten)]
        sealed: SealedOptions,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum CredentialCommand {
    /// SolarEdge Fleet Access: asks for the key of the Monitoring API v2
    Solaredge {
        #[command(flatten)]
        shared: SharedOptions,
    },
    /// SolarEdge Site Access of one owner: asks for the client secret and the refresh token
    SolaredgeOwner {
        /// Id of our OAuth client
        #[arg(long)]
        client_id: String,
        #[command(flatten)]
        shared: SharedOptions,
    },
    /// Fronius Solar.web Query API: asks for the key’s value
    Fronius {
        /// Id of the key, `FKIA…`
        #[arg(long)]
        key_id: String,
        #[command(flatten)]
        shared: SharedOptions,
    },
    /// Enphase v4: asks for the app key, the client secret and the refresh token
    Enphase {
        /// Id of our OAuth client
        #[arg(long)]
        client_id: String,
        #[command(flatten)]
        shared: SharedOptions,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct SharedOptions {
    /// What people will call it
    name: String,
    /// Put it in the place of the one of this name, which keeps its plan
    #[arg(long, conflicts_with_all = ["per_minute", "per_day", "per_month"])]
    replace: bool,
    /// Calls that the plan allows in a minute
    #[arg(long, value_name = "CALLS")]
    per_minute: Option<u32>,
    /// Calls that the plan allows on a day
    #[arg(long, value_name = "CALLS")]
    per_day: Option<u32>,
    /// Calls that the plan allows in a month
    #[arg(long, value_name = "CALLS")]
    per_month: Option<u32>,
    #[command(flatten)]
    sealed: SealedOptions,
}

/// Does it as the command line, which may do anything.
pub(crate) async fn run(command: ConnectionCommand) -> anyhow::Result<()> {
    let actor = &Actor::CommandLine;
    match command {
        ConnectionCommand::Credential(command) => credential(actor, command).await?,
        ConnectionCommand::Add { site, credential, external_id, every, sealed } => {
            let every = SignedDuration::from_mins(i64::from(every.max(1)));
            let connections = open(&sealed).await?;
            let id = connections.connect(actor, &site, &credential, external_id, every).await?;
            println!("{id}");
        }
        ConnectionCommand::Push { site, sealed } => {
            let secret = open(&sealed).await?.connect_push(actor, &site).await?;
            eprintln!("The path to enter as the server’s in the Datamanager, shown this once:");
            println!("/ingest/fronius/{secret}");
        }
        ConnectionCommand::List { sealed } => list(actor, &sealed).await?,
        ConnectionCommand::Test { id, sealed } => {
            let mut failed = false;
            let tell = |check: Check| {
                failed |= matches!(check.outcome, Outcome::Failed { .. });
                println!("{}", told(&check));
            };
            open(&sealed).await?.test(actor, id.into(), tell).await?;
            if failed {
                bail!("the connection does not work yet");
            }
        }
        ConnectionCommand::Pause { id, sealed } => {
            open(&sealed).await?.pause(actor, id.into(), true).await?;
            println!("Paused.");
        }
        ConnectionCommand::Resume { id, sealed } => {
            open(&sealed).await?.pause(actor, id.into(), false).await?;
            println!("It goes on.");
        }
        ConnectionCommand::BackFill { id, from, sealed } => {
            let from = from.in_tz("UTC").context("this is no day")?.timestamp();
            open(&sealed).await?.back_fill(actor, id.into(), from).await?;
            println!("It will be fetched with calls to spare.");
        }
        ConnectionCommand::Remove { id, sealed } => {
            open(&sealed).await?.disconnect(actor, id.into()).await?;
            println!("Taken away; its readings stay.");
        }
    }
    Ok(())
}

async fn open(sealed: &SealedOptions) -> anyhow::Result<Connections> {
    let core = bootstrap::Core::beside(sealed.database.stores().await?).await;
    let core = core.context("could not read the fleet")?;
    Ok(bootstrap::connections(&core, &sealed.secret()?, sealed.vendors.vendor_stand_ins.as_deref()))
}

async fn credential(actor: &Actor, command: CredentialCommand) -> anyhow::Result<()> {
    let secret = |what: &str| ask_for(what).map(|text| SecretText::new(&text));
    let (brand, shared, credentials) = match command {
        CredentialCommand::Solaredge { shared } => {
            (Brand::SolarEdge, shared, Credentials::SolarEdgeKey(secret("key")?))
        }
        CredentialCommand::SolaredgeOwner { client_id, shared } => {
            let client = OAuthClient { id: client_id, secret: secret("client secret")? };
            let tokens = tokens(secret("refresh token")?);
            (Brand::SolarEdge, shared, Credentials::SolarEdgeOAuth { client, tokens })
        }
        CredentialCommand::Fronius { key_id, shared } => {
            let key_value = secret("key’s value")?;
            (Brand::Fronius, shared, Credentials::Fronius { key_id, key_value })
        }
        CredentialCommand::Enphase { client_id, shared } => {
            let app_key = secret("app key")?;
            let client = OAuthClient { id: client_id, secret: secret("client secret")? };
            let tokens = tokens(secret("refresh token")?);
            (Brand::Enphase, shared, Credentials::Enphase { app_key, client, tokens })
        }
    };
    let connections = open(&shared.sealed).await?;
    if shared.replace {
        let keys = connections.keys(actor).await?;
        let same = |key: &&Key| key.credential.name == shared.name && key.credential.brand == brand;
        let Some(key) = keys.iter().find(same) else {
            bail!("there is no “{}” of {} to be replaced", shared.name, brand.name());
        };
        connections.replace_credential(actor, key.credential.id, credentials).await?;
        println!("“{}” is replaced, sealed; what it opens is tried at once.", shared.name);
        return Ok(());
    }
    let usual = Quota::smallest_of(brand);
    let quota = Quota {
        per_minute: shared.per_minute.unwrap_or(usual.per_minute).max(1),
        per_day: shared.per_day.or(usual.per_day),
        per_month: shared.per_month.or(usual.per_month),
    };
    connections.add_credential(actor, brand, &shared.name, credentials, quota).await?;
    println!("“{}” is kept, sealed.", shared.name);
    Ok(())
}

/// Tokens of which only the one that gives others is known: the first call
/// renews them.
fn tokens(refresh: SecretText) -> OAuthTokens {
    let now = Timestamp::now();
    OAuthTokens {
        access: SecretText::new(""),
        access_until: Timestamp::UNIX_EPOCH,
        refresh,
        refresh_until: now.checked_add(720.hours()).unwrap_or(now),
    }
}

async fn list(actor: &Actor, sealed: &SealedOptions) -> anyhow::Result<()> {
    let core = bootstrap::Core::beside(sealed.database.stores().await?).await;
    let core = core.context("could not read the fleet")?;
    let connections = bootstrap::connections(&core, &sealed.secret()?, None);
    let (all, credentials, _) = connections.list(actor).await?;
    let (fleet, now) = (core.directory.snapshot(), core.clock.now());
    let rows: Vec<[String; 7]> = all
        .into_iter()
        .map(|connection| {
            let by = match &connection.link {
                Link::Pushed => "push".to_owned(),
                Link::Polled { credential, external } => {
                    let named = credentials.iter().find(|known| known.id == *credential);
                    format!("{} {external}", named.map_or("?", |known| &known.name))
                }
            };
            let success = connection.record.last_success;
            [
                connection.id.to_string(),
                fleet.site(connection.site).map_or_else(String::new, |site| site.code.to_string()),
                connection.brand.to_string(),
                by,
                if connection.record.is_untried() {
                    "waiting".to_owned()
                } else {
                    connection.record.health(now).to_string()
                },
                success.map_or_else(|| "never".to_owned(), |at| format!("{at:.0}")),
                connection.record.cause.map_or("", |cause| cause.words()).to_owned(),
            ]
        })
        .collect();
    let head = ["ID", "SITE", "BRAND", "BY", "HEALTH", "LAST SUCCESS", "CAUSE"];
    println!("{}", table(head, &rows));
    Ok(())
}

/// A step of a test in a line or two.
fn told(check: &Check) -> String {
    let step = check.rung.words();
    match &check.outcome {
        Outcome::Passed(seen) => format!("ok    {step}: {seen}"),
        Outcome::Doubtful(why) => format!("look  {step}: {why}"),
        Outcome::Failed { error, near } => {
            let cause = error.cause;
            let said = error.said.as_ref().map(|said| format!(" ({said})")).unwrap_or_default();
            let near: Vec<String> =
                near.iter().map(|site| format!("{} “{}”", site.id, site.name)).collect();
            let near = if near.is_empty() {
                String::new()
            } else {
                format!("\n      perhaps one of these is meant: {}", near.join(", "))
            };
            format!(
                "fail  {step}: {}{said}\n      {} has to act: {}{near}",
                cause.words(),
                cause.party().name(),
                cause.remedy(),
            )
        }
    }
}
