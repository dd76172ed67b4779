//! Letters to a real mail server: the sink that comes with Postfix.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use greengrid_app::messages::LetterStore;
use greengrid_domain::messages::{Letter, LetterKind};
use greengrid_infra::postgres::messages::PgLetterStore;
use sqlx::Executor;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::command_line::{Serving, greengrid};
use crate::support::{App, SECRET, Watch, free_port};

const SINK: &str = "/usr/sbin/smtp-sink";

/// A process that takes mail and keeps each in a file, killed when dropped.
struct SmtpSink {
    child: Child,
    folder: tempfile::TempDir,
}

impl SmtpSink {
    /// Where it is not installed is a failure in CI only.
    fn is_installed() -> bool {
        let installed = Path::new(SINK).exists();
        let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(installed || !ci, "the tests need a mail server: apt-get install postfix");
        if !installed {
            eprintln!("skipped: needs a mail server (apt-get install postfix)");
        }
        installed
    }

    /// Listens at a port; `manner` says what it does wrong.
    async fn start(port: u16, manner: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Started as root it wants to be somebody else, who keeps files here too.
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
        let mut command = Command::new(SINK);
        if std::fs::metadata(folder.path()).unwrap().uid() == 0 {
            command.args(["-u", "nobody"]);
        }
        let kept = folder.path().join("letter.");
        command.arg("-d").arg(&kept).args(manner).arg(format!("127.0.0.1:{port}")).arg("16");
        let child = command.stdout(Stdio::null()).spawn().unwrap();
        let sink = Self { child, folder };
        let up = async {
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(30), up).await.expect("no mail server came up");
        sink
    }

    /// What it was given whole.
    fn letters(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        let paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
        paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serving(app: &App, port: u16) -> Serving {
    let mut command = greengrid();
    command
        .arg("serve")
        .env("DATABASE_URL", app.db.url())
        .env("GREENGRID_SECRET", SECRET)
        .env("GREENGRID_SMTP_URL", format!("smtp://127.0.0.1:{port}"))
        .env("GREENGRID_MAIL_FROM", "alerts@green.example")
        .env("GREENGRID_LOG", "error");
    Serving::start(command)
}

async fn write(app: &App, key: &str, to: &str) {
    let letter = Letter::builder()
        .key(key)
        .to(to.parse().unwrap())
        .kind(LetterKind::Test)
        .subject("Two sites need action")
        .text("Good morning.\n.\nThe rest of it.")
        .build();
    PgLetterStore::new(app.db.pool()).enqueue(&[letter]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_while_the_mail_server_is_away_hangs_up_or_refuses() {
    if !SmtpSink::is_installed() {
        return;
    }
    let (app, port) = (App::start().await, free_port());
    let mut watch = Watch::over(&app).await;
    let due_now = "update mail_letter set next_try_at = now() where state = 'waiting'";
    let _serving = serving(&app, port);
    write(&app, "one", "diana@example.org").await;
    let told = "select (last_error is not null)::text from mail_letter where key = 'one'";
    watch.until(told, "true").await;

    let hangs_up = SmtpSink::start(port, &["-q", "."]).await;
    app.db.pool().execute(due_now).await.unwrap();
    let tried = "select (tries > 0 and state = 'waiting' and last_error not like '%refused%')::text
                 from mail_letter where key = 'one'";
    watch.until(tried, "true").await;
    drop(hangs_up);
    let takes = SmtpSink::start(port, &[]).await;
    app.db.pool().execute(due_now).await.unwrap();
    watch.until("select state from mail_letter where key = 'one'", "sent").await;
    let letters = takes.letters();
    drop(takes);
    let _refuses = SmtpSink::start(port, &["-f", "RCPT"]).await;
    write(&app, "two", "nobody@example.org").await;
    watch.until("select state from mail_letter where key = 'two'", "dead").await;
    let why = "select last_error from mail_letter where key = 'two'";
    let why: String = sqlx::query_scalar(why).fetch_one(&app.db.pool()).await.unwrap();

    assert_eq!(letters.len(), 1, "{letters:?}");
    let letter = &letters[0];
    assert!(letter.contains("X-Rcpt-Args: <diana@example.org>"), "{letter}");
    assert!(letter.contains("Message-ID: <") && letter.contains("The rest of it."), "{letter}");
    assert!(why.contains("500"), "{why}");
}
