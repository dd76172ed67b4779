use std::io::{BufRead, Read};

use futures::Stream;
use greengrid_app::ingestion::{Piece, Source};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::InputFile;
use crate::api::decode::{Columns, columns, decode_lines};

/// Lines submitted at once: enough to be fast, few enough to show progress.
const ROWS: usize = 5_000;
/// A line of a reading is never this long; what is, is no CSV.
const LONGEST_LINE: u64 = 1 << 16;

/// Reads files of readings one after the other, on a thread of its own and
/// never more than two pieces ahead of whoever takes them. Gives up beyond
/// `most` bytes in all, unpacked.
pub(crate) fn pieces(
    files: Vec<InputFile>,
    most: u64,
) -> impl Stream<Item = Result<Piece, String>> + Unpin {
    let (sender, receiver) = mpsc::channel(2);
    tokio::task::spawn_blocking(move || {
        let mut before = 0;
        let mut left = most;
        for file in &files {
            match cut(file, before, &mut left, &sender) {
                Ok(bytes) => before += bytes,
                Err(Stop::Failed(message)) => {
                    // Nobody may be there to hear it any more.
                    let _: Result<(), _> = sender.blocking_send(Err(message));
                    break;
                }
                Err(Stop::NobodyListens) => break,
            }
        }
    });
    ReceiverStream::new(receiver)
}

enum Stop {
    Failed(String),
    NobodyListens,
}

/// Cuts a file into pieces; returns its bytes on disk.
fn cut(
    file: &InputFile,
    before: u64,
    left: &mut u64,
    pieces: &mpsc::Sender<Result<Piece, String>>,
) -> Result<u64, Stop> {
    let (mut reader, read) = file.open().map_err(Stop::Failed)?;
    let columns = header(file, &mut reader)?;
    let mut rows = 0;
    let mut lines = Vec::new();
    loop {
        let known = lines.len();
        let more = some_lines(file, &mut reader, &mut lines)?;
        *left = left.checked_sub((lines.len() - known) as u64).ok_or_else(|| {
            Stop::Failed(format!("{} unpacks to more than we take at once.", file.name))
        })?;
        if !lines.is_empty() {
            let (submission, count) =
                decode_lines(Source::Import, &columns, &mut lines, rows, more);
            rows = count;
            let bytes_done = before + read.get();
            let piece = Piece { file: file.name.clone(), submission, bytes_done };
            pieces.blocking_send(Ok(piece)).map_err(|_| Stop::NobodyListens)?;
        }
        if !more {
            return Ok(read.get());
        }
    }
}

/// Whether a file begins like one of readings.
pub(crate) fn holds_readings(file: &InputFile) -> Result<bool, String> {
    let (mut reader, _) = file.open()?;
    Ok(header(file, &mut reader).is_ok())
}

fn header(file: &InputFile, reader: &mut impl BufRead) -> Result<Columns, Stop> {
    let mut line = Vec::new();
    read_line(file, reader, &mut line)?;
    columns(&line).map_err(|why| Stop::Failed(format!("{}: {}.", file.name, why.message)))
}

/// Appends some lines; false when there are no more.
fn some_lines(
    file: &InputFile,
    reader: &mut impl BufRead,
    into: &mut Vec<u8>,
) -> Result<bool, Stop> {
    into.reserve(ROWS * 80);
    for _ in 0..ROWS {
        if !read_line(file, reader, into)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Appends a line with its line break; false at the end of the file.
fn read_line(
    file: &InputFile,
    reader: &mut impl BufRead,
    into: &mut Vec<u8>,
) -> Result<bool, Stop> {
    let read = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', into);
    let read = read.map_err(|error| Stop::Failed(file.broken(&error)))?;
    if read as u64 == LONGEST_LINE && into.last() != Some(&b'\n') {
        let name = &file.name;
        return Err(Stop::Failed(format!("{name} holds an endless line: it is not CSV.")));
    }
    Ok(read > 0)
}
