//! Archives as ZIP files.

use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};

use greengrid_app::customer::{Archive, Archives};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Makes ZIP files in the folder of the system for files that pass; they are
/// gone once closed.
#[derive(Debug, Clone, Copy, Default)]
pub struct ZipArchives;

impl Archives for ZipArchives {
    fn begin(&self) -> io::Result<Box<dyn Archive>> {
        Ok(Box::new(Zip(ZipWriter::new(tempfile::tempfile()?))))
    }
}

struct Zip(ZipWriter<File>);

impl Archive for Zip {
    fn file(&mut self, name: &str) -> io::Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        self.0.start_file(name, options).map_err(io::Error::other)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn finish(self: Box<Self>) -> io::Result<Box<dyn Read + Send>> {
        let mut file = self.0.finish().map_err(io::Error::other)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Box::new(file))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let mut archive = ZipArchives.begin().unwrap();
        archive.file("a.csv").unwrap();
        archive.write(b"one,").unwrap();
        archive.write(b"two\r\n").unwrap();
        archive.file("b.json").unwrap();
        archive.write(b"{}").unwrap();
        let mut bytes = Vec::new();
        archive.finish().unwrap().read_to_end(&mut bytes).unwrap();

        let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();

        let mut text = String::new();
        zip.by_name("a.csv").unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "one,two\r\n");
        assert_eq!(zip.len(), 2);
    }
}
