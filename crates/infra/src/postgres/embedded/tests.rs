use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Mutex;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Executor};
use tempfile::TempDir;

use super::*;

/// Set for the program that [`lends_itself_to_other_tests`] starts.
const DATA_DIR: &str = "GREENGRID_TEST_DATA_DIR";

/// A directory that the server's account can reach.
fn directory() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::set_permissions(dir.path(), PermissionsExt::from_mode(0o755)).unwrap();
    dir
}

async fn start(dir: &Path) -> (Embedded, Vec<Progress>) {
    let steps = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&steps);
    let server = Embedded::start(dir, Arc::new(move |step| told.lock().unwrap().push(step)));
    let server = server.await.unwrap();
    let steps = steps.lock().unwrap().clone();
    (server, steps)
}

async fn run(url: &str, statement: &str) -> Result<(), sqlx::Error> {
    url.parse::<PgConnectOptions>()?.connect().await?.execute(statement).await?;
    Ok(())
}

fn postmaster(dir: &Path) -> u32 {
    match Postmaster::of(&dir.join("data/postgres/data")) {
        Postmaster::Live { process, .. } => process,
        other => panic!("{other:?}"),
    }
}

fn signal(name: &str, process: u32) {
    let killed = Command::new("/bin/sh").args(["-c", &format!("kill -{name} {process}")]).status();
    assert!(killed.unwrap().success());
}

#[tokio::test]
async fn data_stay_across_starts_and_nothing_keeps_running() {
    let dir = directory();
    let data = dir.path().join("data");
    let (server, steps) = start(&data).await;
    assert_eq!(steps, [Progress::Creating, Progress::Starting]);
    run(server.url(), "create table kept ()").await.unwrap();
    let process = postmaster(dir.path());
    let url = server.url().to_owned();

    server.stop().await.unwrap();

    assert_eq!(Postmaster::of(&data.join("postgres/data")), Postmaster::Absent);
    assert!(run(&url, "select").await.is_err(), "{process} still answers");
    let (server, steps) = start(&data).await;
    assert_eq!(steps, [Progress::Starting]);
    run(server.url(), "select from kept").await.unwrap();
    run(server.tcp_url(), "select from kept").await.unwrap();
}

#[tokio::test]
async fn the_role_is_no_superuser_and_passwords_are_private() {
    let dir = directory();
    let data = dir.path().join("data");
    let (server, _) = start(&data).await;

    let refused = run(server.url(), "create role other superuser").await.unwrap_err();

    assert_eq!(refused.as_database_error().unwrap().code().unwrap(), "42501");
    for file in ["superuser.secret", "password.secret"] {
        let mode = fs::metadata(data.join("postgres").join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    let run = fs::metadata(data.join("postgres/run")).unwrap().permissions().mode();
    assert_eq!(run & 0o777, 0o700);
    let wrong = server.tcp_url().replace("greengrid:", "greengrid:0");
    assert!(wrong.parse::<PgConnectOptions>().unwrap().connect().await.is_err());
}

#[tokio::test]
async fn a_second_start_says_who_has_the_directory() {
    let dir = directory();
    let (_server, _) = start(&dir.path().join("data")).await;

    let second = Embedded::start(&dir.path().join("data"), Arc::new(|_| ())).await.unwrap_err();

    let text = second.to_string();
    assert!(text.contains("already runs"), "{text}");
    assert!(text.contains(&format!("(process {})", std::process::id())), "{text}");
}

#[tokio::test]
async fn a_killed_server_recovers() {
    let dir = directory();
    let data = dir.path().join("data");
    let (server, _) = start(&data).await;
    run(server.url(), "create table kept ()").await.unwrap();

    signal("KILL", postmaster(dir.path()));
    drop(server);

    let (server, steps) = start(&data).await;
    assert_eq!(steps, [Progress::Starting]);
    run(server.url(), "select from kept").await.unwrap();
}

#[tokio::test]
async fn a_lock_file_whose_process_is_another_program_does_not_matter() {
    let dir = directory();
    let data = dir.path().join("data");
    let (server, _) = start(&data).await;
    let lock = data.join("postgres/data/postmaster.pid");
    let text = fs::read_to_string(&lock).unwrap();
    server.stop().await.unwrap();
    let mut bystander = Command::new("sleep").arg("600").spawn().unwrap();
    let rest = text.split_once('\n').unwrap().1;

    fs::write(&lock, format!("{}\n{rest}", bystander.id())).unwrap();
    let (server, _) = start(&data).await;

    run(server.url(), "select").await.unwrap();
    bystander.kill().unwrap();
    bystander.wait().unwrap();
}

#[tokio::test]
async fn a_port_that_somebody_else_took_is_left_to_them() {
    let dir = directory();
    let data = dir.path().join("data");
    let (server, _) = start(&data).await;
    server.stop().await.unwrap();
    let port: u16 = fs::read_to_string(data.join("postgres/port")).unwrap().trim().parse().unwrap();
    let _taken = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();

    let (server, _) = start(&data).await;

    assert!(!server.tcp_url().contains(&format!(":{port}/")));
    run(server.tcp_url(), "select").await.unwrap();
}

#[tokio::test]
async fn a_long_path_does_not_keep_the_socket_from_being_made() {
    let dir = directory();
    let data = dir.path().join("d".repeat(120));

    let (server, _) = start(&data).await;

    run(server.url(), "select").await.unwrap();
}

/// Not a test by itself: others run this program with only this one and with
/// [`DATA_DIR`] set, to have a process that they can kill or that belongs to
/// another account.
#[tokio::test]
async fn lends_itself_to_other_tests() {
    let Ok(dir) = std::env::var(DATA_DIR) else { return };
    let (server, steps) = start(Path::new(&dir)).await;
    run(server.url(), "create table if not exists kept ()").await.unwrap();
    println!("\nready after {steps:?}");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    server.stop().await.unwrap();
}

/// A program that holds a server until its input ends. Its output is kept open,
/// so that it can go on writing.
struct Lent {
    program: Child,
    output: BufReader<ChildStdout>,
    ready: String,
}

/// Starts this very program to hold a server, and waits until it does.
fn another(executable: &Path, data: &Path, account: &Account) -> Lent {
    let mut command = Command::new(executable);
    if let Account::Other { uid, gid } = account {
        command.uid(*uid).gid(*gid);
    }
    let mut program = command
        .args(["--exact", "postgres::embedded::tests::lends_itself_to_other_tests", "--nocapture"])
        .env(DATA_DIR, data)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(program.stdout.take().unwrap());
    let lines = output.by_ref().lines().map_while(Result::ok);
    let ready = lines.into_iter().find(|line| line.starts_with("ready")).unwrap();
    Lent { program, output, ready }
}

#[tokio::test]
async fn the_server_of_a_killed_program_is_taken_over() {
    let dir = directory();
    let data = dir.path().join("data");
    let mut lent = another(&std::env::current_exe().unwrap(), &data, &Account::Own);
    let orphan = postmaster(dir.path());

    lent.program.kill().unwrap();
    lent.program.wait().unwrap();

    assert_eq!(postmaster(dir.path()), orphan);
    let (server, steps) = start(&data).await;
    assert_eq!(steps, [Progress::Adopting]);
    assert_eq!(postmaster(dir.path()), orphan);
    run(server.url(), "select from kept").await.unwrap();
    server.stop().await.unwrap();
    assert_eq!(Postmaster::of(&data.join("postgres/data")), Postmaster::Absent);
}

#[test]
fn an_ordinary_account_runs_the_server_itself() {
    let account = Account::detect().unwrap();
    if account == Account::Own {
        // Every other test shows it.
        return;
    }
    let dir = directory();
    let program = dir.path().join("program");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let data = dir.path().join("data");
    account.private_dir(&data).unwrap();

    let mut lent = another(&program, &data, &account);

    assert_eq!(lent.ready, "ready after [Creating, Starting]");
    drop(lent.program.stdin.take());
    std::io::copy(&mut lent.output, &mut std::io::sink()).unwrap();
    assert!(lent.program.wait().unwrap().success());
    assert_eq!(Postmaster::of(&data.join("postgres/data")), Postmaster::Absent);
}

#[tokio::test]
async fn as_root_a_directory_that_the_server_cannot_reach_becomes_a_link() {
    if Account::detect().unwrap() == Account::Own {
        return;
    }
    let closed = tempfile::tempdir().unwrap();
    fs::set_permissions(closed.path(), PermissionsExt::from_mode(0o700)).unwrap();
    let data = closed.path().join("data");

    let (server, _) = start(&data).await;

    run(server.url(), "create table kept ()").await.unwrap();
    let elsewhere = fs::read_link(data.join("postgres")).unwrap();
    server.stop().await.unwrap();
    let (server, steps) = start(&data).await;
    assert_eq!(steps, [Progress::Starting]);
    run(server.url(), "select from kept").await.unwrap();
    server.stop().await.unwrap();
    // Whoever deletes the data directory begins anew.
    fs::remove_dir_all(&data).unwrap();
    let (server, steps) = start(&data).await;
    assert_eq!(steps, [Progress::Creating, Progress::Starting]);
    server.stop().await.unwrap();
    fs::remove_dir_all(elsewhere).unwrap();
}
