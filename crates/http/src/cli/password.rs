use std::io::{BufRead, IsTerminal, stdin};

use anyhow::{Context, bail};
use console::Term;
use greengrid_domain::identity::NewPassword;

/// A new password: typed twice at a terminal, without an echo, or else the
/// first line of the standard input. Never an argument, which everybody on the
/// machine could see.
pub(crate) fn ask() -> anyhow::Result<NewPassword> {
    let typed = if stdin().is_terminal() { typed()? } else { piped()? };
    Ok(NewPassword::new(typed)?)
}

fn typed() -> anyhow::Result<String> {
    let terminal = Term::stderr();
    let prompt = |text: &str| -> anyhow::Result<String> {
        terminal.write_str(text)?;
        terminal.read_secure_line().context("could not read the password")
    };
    let first = prompt("Password: ")?;
    let second = prompt("Once more: ")?;
    if first != second {
        bail!("the two differ");
    }
    Ok(first)
}

fn piped() -> anyhow::Result<String> {
    let mut line = String::new();
    stdin().lock().read_line(&mut line).context("could not read from the standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// A secret of somebody else's, such as a key of a vendor: typed at a terminal
/// without an echo, or else the next line of the standard input.
pub(crate) fn ask_for(what: &str) -> anyhow::Result<String> {
    let secret = if stdin().is_terminal() {
        let terminal = Term::stderr();
        terminal.write_str(&format!("{what}: "))?;
        terminal.read_secure_line().with_context(|| format!("could not read the {what}"))?
    } else {
        piped()?
    };
    if secret.trim().is_empty() {
        bail!("the {what} is missing");
    }
    Ok(secret)
}
