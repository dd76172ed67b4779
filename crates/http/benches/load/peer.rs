//! The peer: a bare program that writes one shared buffer to all sockets.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;

use crate::Error;

/// First argument of the process.
pub(crate) const CHILD: &str = "serve-bytes";

/// Every socket gets whatever comes on standard input: a line with a length,
/// then so many bytes.
pub(crate) async fn run() -> Result<(), Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let (frames, _) = broadcast::channel::<Arc<Vec<u8>>>(4);
    let sockets = Arc::new(Mutex::new(frames.clone()));
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let frames = sockets.lock().subscribe();
            tokio::spawn(write(socket, frames));
        }
    });
    let mut input = BufReader::new(tokio::io::stdin());
    let mut line = String::new();
    while input.read_line(&mut line).await? > 0 {
        let mut frame = vec![0; line.trim().parse()?];
        input.read_exact(&mut frame).await?;
        let _ = frames.send(Arc::new(frame));
        line.clear();
    }
    Ok(())
}

async fn write(mut socket: TcpStream, mut frames: broadcast::Receiver<Arc<Vec<u8>>>) {
    let _ = socket.set_nodelay(true);
    // Answers the head of the request with a first frame, as the program does.
    let mut head = [0; 4096];
    if socket.read(&mut head).await.is_err()
        || socket.write_all(b"event: datastar-patch-elements\n\n").await.is_err()
    {
        return;
    }
    while let Ok(frame) = frames.recv().await {
        if socket.write_all(&frame).await.is_err() {
            return;
        }
    }
}
