use anyhow::Context;
use clap::Subcommand;
use greengrid_app::actor::Actor;
use greengrid_domain::identity::{Scope, TokenId};
use uuid::Uuid;

use super::options::DatabaseOptions;
use super::table::table;

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token and print its secret, which is shown this once
    #[command(after_help = "\
Example:
  TOKEN=$(greengrid token create \"roof logger\" --scope readings:write)
  curl -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: text/csv' \\
       --data-binary @readings.csv http://127.0.0.1:3000/api/v1/readings")]
    Create {
        /// What it is for, such as \"roof logger\"
        name: String,
        /// What it may do: readings:write or metrics:read; can be given twice
        #[arg(long = "scope", value_name = "SCOPE", required = true)]
        scopes: Vec<Scope>,
        #[command(flatten)]
        database: DatabaseOptions,
    },
    /// List all tokens
    List {
        #[command(flatten)]
        database: DatabaseOptions,
    },
    /// Revoke a token: it opens nothing from now on
    Revoke {
        /// Its id, as `token list` shows it
        id: Uuid,
        #[command(flatten)]
        database: DatabaseOptions,
    },
}

/// Does it as the command line, which may do anything.
pub(crate) async fn run(command: TokenCommand) -> anyhow::Result<()> {
    let actor = &Actor::CommandLine;
    match command {
        TokenCommand::Create { name, scopes, database } => {
            let identity = database.identity().await?;
            let (token, secret) = identity.create_token(actor, &name, scopes).await?;
            eprintln!("The secret of the token {}, shown this once:", token.id);
            println!("{secret}");
        }
        TokenCommand::List { database } => {
            let tokens = database.identity().await?.tokens(actor).await?;
            let rows: Vec<[String; 5]> = tokens
                .into_iter()
                .map(|token| {
                    let scopes: Vec<_> = token.scopes.iter().map(Scope::to_string).collect();
                    let used = token.last_used_at;
                    [
                        token.id.to_string(),
                        token.name,
                        scopes.join(" "),
                        if token.revoked_at.is_some() { "revoked" } else { "good" }.to_owned(),
                        used.map_or_else(|| "never".to_owned(), |at| format!("{at:.0}")),
                    ]
                })
                .collect();
            println!("{}", table(["ID", "NAME", "SCOPES", "STATE", "LAST USED"], &rows));
        }
        TokenCommand::Revoke { id, database } => {
            let identity = database.identity().await?;
            identity
                .revoke_token(actor, TokenId::from(id))
                .await
                .with_context(|| format!("could not revoke {id}"))?;
            println!("The token opens nothing any more.");
        }
    }
    Ok(())
}
