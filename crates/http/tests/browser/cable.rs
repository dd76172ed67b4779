use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A cable between a browser and the program that can be pulled and plugged in
/// again.
pub(crate) struct Cable {
    /// Where the browser's end is.
    pub(crate) address: String,
    plugged: Arc<watch::Sender<bool>>,
}

impl Cable {
    /// Lays a cable to the program at this address.
    pub(crate) async fn to(program: &str) -> anyhow::Result<Self> {
        let target: SocketAddr = program.trim_start_matches("http://").parse()?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let plugged = Arc::new(watch::Sender::new(true));
        let state = Arc::clone(&plugged);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut state = state.subscribe();
                if !*state.borrow() {
                    continue;
                }
                tokio::spawn(async move {
                    let Ok(mut far) = TcpStream::connect(target).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = state.wait_for(|plugged| !plugged) => {}
                    }
                });
            }
        });
        Ok(Self { address, plugged })
    }

    /// Cuts every connection and refuses new ones.
    pub(crate) fn pull(&self) {
        self.plugged.send_replace(false);
    }

    /// Lets connections through again.
    pub(crate) fn plug_in(&self) {
        self.plugged.send_replace(true);
    }
}
