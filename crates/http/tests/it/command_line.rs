//! The program as people start it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use greengrid_infra::postgres::testing::TestDatabase;

/// The program with none of the settings of whoever runs the tests.
pub(crate) fn greengrid() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_greengrid"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("GREENGRID_")) {
        if name != "GREENGRID_PG_BIN" {
            command.env_remove(name);
        }
    }
    command.env_remove("DATABASE_URL").stdin(Stdio::null());
    command.env("GREENGRID_ADDR", "127.0.0.1:0");
    command
}

/// Runs a command on a database, with this as its standard input.
fn run(db: &TestDatabase, arguments: &[&str], input: &str) -> Output {
    let mut command = greengrid();
    command.args(arguments).env("DATABASE_URL", db.url());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that does not ask has ended before.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", complaint(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A program that serves, stopped when dropped.
pub(crate) struct Serving {
    child: Child,
    /// Where it listens, such as `http://127.0.0.1:4711`.
    pub(crate) address: String,
}

impl Serving {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.by_ref().map_while(Result::ok).find(|line| line.contains("http://"));
        let line = line.expect("an address");
        let address = line[line.find("http://").unwrap()..].trim().to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    /// Ends it at once, without its doing.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop and tells how long it took.
    fn stop(mut self) -> Duration {
        let since = Instant::now();
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(asked.success());
        assert!(self.child.wait().unwrap().success());
        since.elapsed()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn serving_needs_a_database_and_a_secret_and_says_so() {
    let without = greengrid().arg("serve").output().unwrap();
    assert!(!without.status.success());
    assert!(complaint(&without).contains("DATABASE_URL"), "{}", complaint(&without));

    let url = "postgres://localhost/nowhere";
    let unsafe_one = greengrid().arg("serve").env("DATABASE_URL", url).output().unwrap();
    assert!(complaint(&unsafe_one).contains("GREENGRID_SECRET"), "{}", complaint(&unsafe_one));

    let mut short = greengrid();
    short.arg("serve").env("DATABASE_URL", url).env("GREENGRID_SECRET", "too short");
    let short = short.output().unwrap();
    assert!(complaint(&short).contains("32 characters"), "{}", complaint(&short));
    assert!(!complaint(&short).contains("too short"), "{}", complaint(&short));
}

#[tokio::test]
async fn people_are_managed_from_the_command_line() {
    let db = TestDatabase::blank().await;
    let add = ["user", "add", "diana@example.org", "--name", "Diana Reyes", "--role", "ops"];

    let demo = run(&db, &add, "sunny-morning-200\n");
    assert!(complaint(&demo).contains("demo"), "{}", complaint(&demo));
    let short = run(&db, &add, "short\n");
    assert!(complaint(&short).contains("12 characters"), "{}", complaint(&short));
    let added = said(&run(&db, &add, "correct horse battery\n"));
    assert!(added.contains("Diana Reyes can sign in"), "{added}");
    let again = run(&db, &add, "correct horse battery\n");
    assert!(complaint(&again).contains("another account"), "{}", complaint(&again));

    said(&run(&db, &["user", "set-role", "Diana@example.org", "--role", "admin"], ""));
    said(&run(&db, &["user", "set-password", "diana@example.org"], "another horse battery"));
    said(&run(&db, &["user", "deactivate", "diana@example.org"], ""));
    let list = said(&run(&db, &["user", "list"], ""));
    let row = list.lines().nth(1).unwrap();
    for word in ["diana@example.org", "Diana Reyes", "admin", "deactivated", "never"] {
        assert!(row.contains(word), "{row}");
    }
    let nobody = run(&db, &["user", "deactivate", "nobody@example.org"], "");
    assert!(complaint(&nobody).contains("nobody has the address"), "{}", complaint(&nobody));
}

#[tokio::test]
async fn a_token_is_shown_once_and_can_be_revoked() {
    let db = TestDatabase::blank().await;

    let create = ["token", "create", "roof logger", "--scope", "readings:write"];
    let secret = said(&run(&db, &create, ""));

    assert!(secret.starts_with("gg_") && secret.lines().count() == 1, "{secret}");
    let list = said(&run(&db, &["token", "list"], ""));
    assert!(list.contains("roof logger") && list.contains("good"), "{list}");
    assert!(!list.contains(secret.trim()), "{list}");
    let id = list.lines().nth(1).unwrap().split(' ').next().unwrap().to_owned();
    said(&run(&db, &["token", "revoke", &id], ""));
    assert!(said(&run(&db, &["token", "list"], "")).contains("revoked"));
}

#[tokio::test]
async fn serving_an_empty_database_makes_no_accounts_and_ends_when_asked() {
    let db = TestDatabase::blank().await;
    let mut command = greengrid();
    command
        .arg("serve")
        .env("DATABASE_URL", db.url())
        .env("GREENGRID_SECRET", "0123456789abcdef".repeat(2));
    let serving = Serving::start(command);

    let page = get(&serving.address, "/sign-in");

    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(!page.contains("demo.greengrid.example"));
    let list = said(&run(&db, &["user", "list"], ""));
    assert_eq!(list.lines().count(), 1, "{list}");
    assert!(serving.stop() < Duration::from_secs(5));
}

#[tokio::test]
async fn the_demo_refuses_a_database_that_is_somebodys() {
    let db = TestDatabase::blank().await;
    let add = ["user", "add", "diana@example.org", "--name", "Diana Reyes", "--role", "ops"];
    said(&run(&db, &add, "correct horse battery\n"));
    let dir = tempfile::tempdir().unwrap();

    let mut command = greengrid();
    command.arg("demo").env("DATABASE_URL", db.url()).env("GREENGRID_DATA_DIR", dir.path());
    let refused = command.output().unwrap();

    assert!(!refused.status.success());
    assert!(complaint(&refused).contains("already holds"), "{}", complaint(&refused));
}

fn get(address: &str, path: &str) -> String {
    let host = address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn small_demo(dir: &Path) -> Command {
    let mut command = greengrid();
    command.args(["--sites", "3", "--history-days", "2"]).env("GREENGRID_DATA_DIR", dir);
    command
}

#[tokio::test]
async fn the_demo_runs_once_in_a_directory_and_goes_on_later() {
    let dir = tempfile::tempdir().unwrap();
    let first = Serving::start(small_demo(dir.path()));
    let told = std::fs::read_to_string(dir.path().join("demo.json")).unwrap();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["address"], first.address);
    assert_eq!(told["accounts"].as_array().unwrap().len(), 5);
    assert_eq!(told["sites"].as_array().unwrap().len(), 2);
    let secret = std::fs::read(dir.path().join("secret")).unwrap();

    let second = small_demo(dir.path()).output().unwrap();
    assert!(!second.status.success());
    assert!(complaint(&second).contains("already runs"), "{}", complaint(&second));
    let mut beside = greengrid();
    beside.args(["user", "list"]).env("GREENGRID_DATA_DIR", dir.path());
    assert_eq!(said(&beside.output().unwrap()).lines().count(), 6);

    first.stop();
    assert!(!dir.path().join("postgres/data/postmaster.pid").exists());
    let mut beside = greengrid();
    beside.args(["user", "list"]).env("GREENGRID_DATA_DIR", dir.path());
    let stopped = beside.output().unwrap();
    assert!(complaint(&stopped).contains("DATABASE_URL"), "{}", complaint(&stopped));

    let later = Serving::start(small_demo(dir.path()));
    assert_eq!(std::fs::read(dir.path().join("secret")).unwrap(), secret);
    later.stop();
}

#[tokio::test]
async fn somebody_is_invited_at_the_command_line() {
    let db = TestDatabase::from_template().await;
    let invite = |email: &str| {
        let arguments = ["user", "invite", email, "--name", "Diana Reyes", "--role", "admin"];
        let public = ["--public-url", "https://green.example"];
        run(&db, &[arguments.as_slice(), &public].concat(), "")
    };

    let told = said(&invite("diana@example.org"));
    let listed = said(&run(&db, &["user", "list"], ""));
    let again = invite("Diana@EXAMPLE.org");

    assert!(told.contains("Diana Reyes sets a password at https://green.example/invitation/"));
    assert!(listed.contains("diana@example.org") && listed.contains("invited"), "{listed}");
    assert!(complaint(&again).contains("another account has this e-mail address"));
}
