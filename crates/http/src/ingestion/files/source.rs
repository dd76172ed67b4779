use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

const BUFFER: usize = 1 << 18;

/// A file to be imported.
#[derive(Debug, Clone)]
pub struct InputFile {
    /// As people know it; unique within an import.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
}

impl InputFile {
    /// Opens the file for reading; one packed with gzip is unpacked on the way,
    /// whatever its name. Also says how many of its bytes have been read.
    pub(super) fn open(&self) -> Result<(Box<dyn BufRead + Send>, BytesRead), String> {
        let failed = |error: io::Error| format!("{} cannot be read: {error}.", self.name);
        let file = File::open(&self.path).map_err(failed)?;
        let read = BytesRead::default();
        let counted = Counted { inner: file, read: read.clone() };
        let mut plain = BufReader::with_capacity(BUFFER, counted);
        let packed = plain.fill_buf().map_err(failed)?.starts_with(b"\x1f\x8b");
        let reader: Box<dyn BufRead + Send> = if packed {
            Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(plain)))
        } else {
            Box::new(plain)
        };
        Ok((reader, read))
    }

    /// What a failure while reading means.
    pub(super) fn broken(&self, error: &io::Error) -> String {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                format!("{} ends too early: it is not complete gzip.", self.name)
            }
            _ => format!("{} cannot be read any further: {error}.", self.name),
        }
    }
}

/// Bytes read from a file so far, as they lie on disk.
#[derive(Debug, Clone, Default)]
pub(super) struct BytesRead(Arc<AtomicU64>);

impl BytesRead {
    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

struct Counted<R> {
    inner: R,
    read: BytesRead,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.0.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
