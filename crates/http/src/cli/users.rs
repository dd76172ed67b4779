use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use greengrid_app::actor::Actor;
use greengrid_app::identity::{Identity, Invitee, NewUser, Standing};
use greengrid_app::messages::Links;
use greengrid_domain::identity::{EmailAddress, Role, User, UserName};
use greengrid_http::PublicUrl;

use super::options::DatabaseOptions;
use super::password;
use super::table::table;

#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Add a person; asks for their password
    #[command(after_help = PASSWORD)]
    Add {
        /// Their e-mail address, with which they sign in
        email: EmailAddress,
        /// What they are called
        #[arg(long)]
        name: UserName,
        #[command(flatten)]
        role: RoleOption,
        #[command(flatten)]
        database: DatabaseOptions,
    },
    /// Send a person a link by which they set their own password; prints it too. It works once, for
    /// three days
    Invite {
        /// Their e-mail address, with which they sign in
        email: EmailAddress,
        /// What they are called
        #[arg(long)]
        name: UserName,
        #[command(flatten)]
        role: RoleOption,
        /// The address people type
        #[arg(
            long,
            value_name = "URL",
            env = "GREENGRID_PUBLIC_URL",
            default_value = "http://127.0.0.1:3000"
        )]
        public_url: PublicUrl,
        #[command(flatten)]
        database: DatabaseOptions,
    },
    /// List everybody
    List {
        #[command(flatten)]
        database: DatabaseOptions,
    },
    /// Take a person's access away; their open pages end at once
    Deactivate {
        /// Their e-mail address
        email: EmailAddress,
        #[command(flatten)]
        database: DatabaseOptions,
    },
    /// Give a deactivated person their access back
    Reactivate {
        /// Their e-mail address
        email: EmailAddress,
        #[command(flatten)]
        database: DatabaseOptions,
    },
    /// Give a person another role; they have to sign in again
    SetRole {
        /// Their e-mail address
        email: EmailAddress,
        #[command(flatten)]
        role: RoleOption,
        #[command(flatten)]
        database: DatabaseOptions,
    },
    /// Replace a person's password; asks for the new one
    #[command(after_help = PASSWORD)]
    SetPassword {
        /// Their e-mail address
        email: EmailAddress,
        #[command(flatten)]
        database: DatabaseOptions,
    },
}

const PASSWORD: &str = "\
The password is asked for, or read from the first line of the standard input:
  greengrid user set-password diana@example.org < password.txt";

#[derive(Debug, Args)]
pub(crate) struct RoleOption {
    /// What they may do: ops (watches the fleet), cs (brings sites online), customer (sees their
    /// own sites) or admin (decides who may do what)
    #[arg(long, value_name = "ROLE")]
    role: Role,
}

/// Does it as the command line, which may do anything.
pub(crate) async fn run(command: UserCommand) -> anyhow::Result<()> {
    let actor = &Actor::CommandLine;
    match command {
        UserCommand::Add { email, name, role, database } => {
            let identity = database.identity().await?;
            if identity.user_by_email(actor, &email).await?.is_some() {
                bail!("another account has the address {email}");
            }
            let password = password::ask()?;
            let new = NewUser { email, name, role: role.role, password };
            let user = identity.add_user(actor, new).await?;
            println!("{} can sign in as {}.", user.name, user.role.name());
        }
        UserCommand::Invite { email, name, role, public_url, database } => {
            let identity = database.identity().await?;
            let invitee = Invitee { email, name, role: role.role };
            let links = Links::under(&public_url.to_string());
            let (user, link) = identity.invite(actor, invitee, &links).await?;
            println!("{} sets a password at {}", user.name, links.to(&link.path()));
        }
        UserCommand::List { database } => list(&database.identity().await?).await?,
        UserCommand::Deactivate { email, database } => {
            let identity = database.identity().await?;
            let user = find(&identity, &email).await?;
            identity.deactivate(actor, user.id).await?;
            println!("{} has no access any more.", user.name);
        }
        UserCommand::Reactivate { email, database } => {
            let identity = database.identity().await?;
            let user = find(&identity, &email).await?;
            identity.reactivate(actor, user.id).await?;
            println!("{} has access again.", user.name);
        }
        UserCommand::SetRole { email, role, database } => {
            let identity = database.identity().await?;
            let user = find(&identity, &email).await?;
            identity.set_role(actor, user.id, role.role).await?;
            println!("{} is now {}.", user.name, role.role.name());
        }
        UserCommand::SetPassword { email, database } => {
            let identity = database.identity().await?;
            let user = find(&identity, &email).await?;
            identity.set_password(actor, user.id, &password::ask()?).await?;
            println!("{} signs in with the new password from now on.", user.name);
        }
    }
    Ok(())
}

async fn find(identity: &Identity, email: &EmailAddress) -> anyhow::Result<User> {
    let found = identity.user_by_email(&Actor::CommandLine, email).await?;
    found.with_context(|| format!("nobody has the address {email}"))
}

async fn list(identity: &Identity) -> anyhow::Result<()> {
    let people = identity.users(&Actor::CommandLine).await?;
    let rows: Vec<[String; 5]> = people
        .into_iter()
        .map(|person| {
            let seen = person.last_seen_at;
            let state = Standing::of(&person);
            [
                person.user.email.to_string(),
                person.user.name.to_string(),
                person.user.role.to_string(),
                state.to_string(),
                seen.map_or_else(|| "never".to_owned(), |at| format!("{at:.0}")),
            ]
        })
        .collect();
    println!("{}", table(["E-MAIL", "NAME", "ROLE", "STATE", "LAST SEEN"], &rows));
    Ok(())
}
