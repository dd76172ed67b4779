//! A mail server for tests: it speaks SMTP on a port of this machine, keeps
//! what it takes, and can be made to behave badly.

use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};

/// How the server treats whoever comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// As one hopes.
    Takes,
    /// No recipient exists.
    RefusesRecipients,
    /// It is too busy at the moment.
    IsBusy,
    /// It takes nothing from us.
    RefusesUs,
    /// It never says a word.
    IsSilent,
    /// It takes a letter and never says so.
    HangsAfterLetter,
    /// It takes a letter and ends the connection without a word.
    DropsAfterLetter,
}

/// A letter as it arrived: who is to have it, and the mail itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Addresses of the envelope.
    pub to: Vec<String>,
    /// Headers and body.
    pub mail: String,
}

impl Received {
    /// The value of a header, unfolded.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let (headers, _) = self.mail.split_once("\r\n\r\n")?;
        let unfolded = headers.replace("\r\n ", " ");
        unfolded.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then(|| value.to_owned())
        })
    }
}

/// The server. It ends when dropped.
pub struct SmtpSink {
    address: SocketAddr,
    manner: Arc<Mutex<Manner>>,
    received: watch::Sender<Vec<Received>>,
    _running: DropGuard,
}

impl SmtpSink {
    /// A server that takes everything.
    ///
    /// # Panics
    ///
    /// When no port is free.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let manner = Arc::new(Mutex::new(Manner::Takes));
        let (received, _) = watch::channel(Vec::new());
        let end = CancellationToken::new();
        tokio::spawn(end.clone().run_until_cancelled_owned(listen(
            listener,
            Arc::clone(&manner),
            received.clone(),
            end.clone(),
        )));
        Self { address, manner, received, _running: end.drop_guard() }
    }

    /// Its address, as settings name it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// How it behaves from the next command on.
    pub fn behave(&self, manner: Manner) {
        *self.manner.lock() = manner;
    }

    /// What it took so far.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.received.borrow().clone()
    }

    /// What it took, once that is so many letters.
    ///
    /// # Panics
    ///
    /// When the server is gone.
    pub async fn once(&self, count: usize) -> Vec<Received> {
        let mut heard = self.received.subscribe();
        heard.wait_for(|received| received.len() >= count).await.expect("a server").clone()
    }
}

async fn listen(
    listener: TcpListener,
    manner: Arc<Mutex<Manner>>,
    received: watch::Sender<Vec<Received>>,
    end: CancellationToken,
) {
    while let Ok((stream, _)) = listener.accept().await {
        let talk = talk(stream, Arc::clone(&manner), received.clone());
        tokio::spawn(end.clone().run_until_cancelled_owned(async move {
            // Whoever hangs up in the middle has nothing more to say.
            let _ = talk.await;
        }));
    }
}

async fn talk(
    stream: TcpStream,
    manner: Arc<Mutex<Manner>>,
    received: watch::Sender<Vec<Received>>,
) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let at_first = *manner.lock();
    match at_first {
        Manner::IsSilent => return std::future::pending().await,
        Manner::RefusesUs => return write.write_all(b"521 sink takes no mail\r\n").await,
        _ => write.write_all(b"220 sink ready\r\n").await?,
    }
    let mut to = Vec::new();
    while let Some(line) = lines.next_line().await? {
        let verb = line.get(..4).unwrap_or(&line).to_ascii_uppercase();
        let now = *manner.lock();
        let answer: &[u8] = match (verb.as_str(), now) {
            (_, Manner::IsSilent) => return std::future::pending().await,
            ("EHLO", _) => b"250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
            ("MAIL", Manner::IsBusy) => b"451 4.3.2 too busy\r\n",
            ("RCPT", Manner::RefusesRecipients) => b"550 5.1.1 no such user here\r\n",
            ("RCPT", _) => {
                to.push(line[8..].trim_matches(['<', '>']).to_owned());
                b"250 ok\r\n"
            }
            ("DATA", _) => {
                write.write_all(b"354 go on\r\n").await?;
                let mut mail = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    mail.push_str(line.strip_prefix('.').unwrap_or(&line));
                    mail.push_str("\r\n");
                }
                let letter = Received { to: std::mem::take(&mut to), mail };
                received.send_modify(|all| all.push(letter));
                let now = *manner.lock();
                match now {
                    Manner::DropsAfterLetter => return Ok(()),
                    Manner::HangsAfterLetter => return std::future::pending().await,
                    _ => b"250 taken\r\n",
                }
            }
            ("QUIT", _) => return write.write_all(b"221 bye\r\n").await,
            _ => b"250 ok\r\n",
        };
        write.write_all(answer).await?;
    }
    Ok(())
}
