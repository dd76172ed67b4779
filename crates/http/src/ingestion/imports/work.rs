use std::path::Path;

use futures::stream;
use greengrid_app::actor::Actor;
use greengrid_app::fleet::Directory;
use greengrid_app::ingestion::{ImportError, ImportProgress, Imports, NewImport, SitesFile};
use greengrid_domain::text::single_line;
use uuid::Uuid;

use crate::ingestion::files::{InputFile, pieces, read_sites};

/// Files that an import is called after.
const TITLED: usize = 3;

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

    /// The first files by name, and how many more there are.
    fn title(&self) -> String {
        let last_part = |file: &InputFile| match Path::new(&file.name).file_name() {
            Some(name) => name.to_string_lossy().into_owned(),
            None => file.name.clone(),
        };
        let names: Vec<String> = self.all().take(TITLED).map(last_part).collect();
        let more = self.all().count() - names.len();
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        single_line(&format!("{}{rest}", names.join(", ")))
    }

    /// What the import is about to bring.
    #[must_use]
    pub fn announcement(&self) -> NewImport {
        let size = |path: &Path| std::fs::metadata(path).map_or(0, |data| data.len());
        NewImport {
            file_name: self.title(),
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
