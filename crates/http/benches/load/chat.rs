//! A room with two hundred people in it: from the moment somebody sends a post
//! until everybody has it.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::Error;
use crate::client::Client;
use crate::report::{Durations, bounded, figure, millis};
use crate::server::{self, Process};
use crate::tabs::{MARK, Tabs};
use crate::world::World;

/// People in the room, each with a tab of their own.
const PEOPLE: usize = 200;
/// Posts measured, after those that warm up.
const POSTS: u32 = 50;
/// Posts before; enough that the room has as many as a window shows.
const WARM_UP: u32 = 50;
/// Between two posts.
const PAUSE: Duration = Duration::from_millis(250);

pub(crate) async fn run() -> Result<(), Error> {
    let world = World::new(1).await?;
    let server = Process::start(&[server::CHILD, &world.url()]).await?;
    let cookies = world.sign_in(&server.address, PEOPLE).await?;
    let request = |cookie: &String| {
        format!(
            "GET /live?view=room&room=lobby&from=1 HTTP/1.1\r\nhost: {}\r\n\
             accept: text/event-stream\r\ndatastar-request: true\r\ncookie: {cookie}\r\n\r\n",
            server.address
        )
    };
    let mut tabs = Tabs::open(&server.address, cookies.iter().map(request).collect()).await?;
    let client = Client::new(&server.address);
    let (mut receipts, mut size) = (Vec::new(), 0);
    for number in 1..=WARM_UP + POSTS {
        sleep(PAUSE).await;
        let text = format!("{MARK}{number:06} and a sentence of usual length about an inverter.");
        let cookie = &cookies[usize::try_from(number)? % PEOPLE];
        let sent = Instant::now();
        let answer = client.post_as("/chat/lobby", &[("text", &text)], cookie).await?;
        if !answer.status().is_redirection() {
            return Err(format!("post {number} was answered {}", answer.status()).into());
        }
        let (of_post, bytes) = tabs.receipts(number, sent).await?;
        if number > WARM_UP {
            receipts.extend(of_post);
            size = bytes;
        }
    }
    let receipts = Durations::new(receipts);
    figure("people in the room", &PEOPLE.to_string());
    figure("bytes of a post", &size.to_string());
    figure("p50 from sending to receipt", &format!("{:.1} ms", millis(receipts.percentile(50))));
    bounded("p99 from sending to receipt", millis(receipts.percentile(99)), 100.0, "ms");
    Ok(())
}
