use std::path::Path;

use futures::stream;
use greengrid_app::actor::Actor;
use greengrid_app::fleet::Directory;
use greengrid_app::ingestion::{ImportError, ImportProgress, Imports, NewImport, SitesFile};
use uuid::Uuid;

use crate::ingestion::files::{InputFile, pieces, read_sites};

/// The files of one import.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// Sites to create or update first.
    pub sites: Option<InputFile>,
    /// Readings, in the order to be taken.
    pub readings: Vec<InputFile>,
}

impl Files {
    fn all(&self) -> impl Iterator<Item = &InputFile> {
        self.sites.iter().chain(&self.readings)
    }

    /// What the import is about to bring.
    #[must_use]
    pub fn announcement(&self) -> NewImport {
        let size = |path: &Path| std::fs::metadata(path).map_or(0, |data| data.len());
        let names: Vec<&str> = self.all().map(|file| file.name.as_str()).collect();
        NewImport {
            file_name: names.join(", "),
            bytes_total: self.all().map(|file| size(&file.path)).sum(),
        }
    }
}

/// Takes in the files of an import that has begun. Gives up when the readings
/// unpack to more than `most` bytes.
pub async fn import(
    imports: &Imports,
    directory: &Directory,
    actor: &Actor,
    id: Uuid,
    files: Files,
    most: u64,
    told: impl Fn(&ImportProgress),
) -> Result<ImportProgress, ImportError> {
    let Files { sites, readings } = files;
    let sites = match sites {
        None => Ok(SitesFile::default()),
        Some(file) => {
            let known = directory.snapshot();
            tokio::task::spawn_blocking(move || read_sites(&file, &known))
                .await
                .unwrap_or_else(|_| Err("The file of sites could not be read.".to_owned()))
        }
    };
    if readings.is_empty() {
        return imports.run(actor, id, sites, stream::empty(), told).await;
    }
    imports.run(actor, id, sites, pieces(readings, most), told).await
}
