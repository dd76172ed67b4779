//! `demo.json`: what a person or a program needs to use the demo.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use greengrid_app::identity::DEMO_PASSWORD;
use serde::{Deserialize, Serialize};

use super::accounts::{ACCOUNTS, owned};
use super::{DemoFleet, DemoSite};

/// What `demo.json` holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoFile {
    /// Where the program answers, such as `http://127.0.0.1:3000`.
    pub address: String,
    /// Who can sign in.
    pub accounts: Vec<AccountEntry>,
    /// A token that may send readings.
    pub token: String,
    /// The `site_id`s of a site of each of the two customers.
    pub sites: Vec<String>,
    /// The same sites with what else there is to know.
    pub site_details: Vec<SiteEntry>,
}

/// An account in `demo.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountEntry {
    /// The address to sign in with.
    pub email: String,
    /// The password.
    pub password: String,
    /// What they are called.
    pub name: String,
    /// What they may do, as `ops`.
    pub role: String,
}

/// A site in `demo.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteEntry {
    /// The `site_id` of readings and addresses.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The `device_id`s of its inverters.
    pub devices: Vec<String>,
    /// Who owns it.
    pub owner: String,
}

impl DemoFile {
    /// The file of a demo that answers at this address.
    #[must_use]
    pub fn new(address: &str, token: &str, fleet: &DemoFleet) -> Self {
        let accounts = ACCOUNTS
            .iter()
            .map(|account| AccountEntry {
                email: account.email.to_owned(),
                password: DEMO_PASSWORD.to_owned(),
                name: account.name.to_owned(),
                role: account.role.to_string(),
            })
            .collect();
        let site_details: Vec<SiteEntry> = owned(fleet)
            .into_iter()
            .filter_map(|(account, codes)| {
                let site = healthiest(fleet, |site| codes.contains(&&site.code))?;
                Some(SiteEntry {
                    id: site.code.to_string(),
                    name: site.details.name.to_string(),
                    devices: site.inverters.iter().map(|one| one.serial.to_string()).collect(),
                    owner: account.email.to_owned(),
                })
            })
            .collect();
        Self {
            address: address.to_owned(),
            accounts,
            token: token.to_owned(),
            sites: site_details.iter().map(|site| site.id.clone()).collect(),
            site_details,
        }
    }

    /// Where the file lies in a data directory.
    #[must_use]
    pub fn path(data_dir: &Path) -> PathBuf {
        data_dir.join("demo.json")
    }

    /// The file as an earlier run left it, if it did.
    #[must_use]
    pub fn read(data_dir: &Path) -> Option<Self> {
        let text = std::fs::read(Self::path(data_dir)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Writes the file, whole or not at all; only its owner may read it.
    pub fn write(&self, data_dir: &Path) -> io::Result<()> {
        let path = Self::path(data_dir);
        let draft = path.with_extension("json.new");
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&draft)?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        std::fs::rename(draft, path)
    }
}

/// Of some sites, one with nothing wrong if there is one.
fn healthiest(fleet: &DemoFleet, of: impl Fn(&DemoSite) -> bool) -> Option<&DemoSite> {
    fleet.sites.iter().filter(|site| of(site)).min_by_key(|site| site.faults.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_comes_back_as_written() {
        let dir = tempfile::tempdir().unwrap();
        let file = DemoFile::new("http://127.0.0.1:3000", "gg_1", &DemoFleet::plan(1, 200));

        file.write(dir.path()).unwrap();

        assert_eq!(DemoFile::read(dir.path()), Some(file.clone()));
        assert_eq!(file.accounts.len(), 5);
        let names: Vec<&str> = file.site_details.iter().map(|site| site.name.as_str()).collect();
        assert_eq!(names, ["Alder Farmhouse", "Castell House"]);
    }

    #[test]
    fn a_small_fleet_has_a_site_for_each_customer_too() {
        let file = DemoFile::new("http://127.0.0.1:3000", "gg_1", &DemoFleet::plan(1, 5));

        assert_eq!(file.sites.len(), 2);
        assert_ne!(file.sites[0], file.sites[1]);
    }

    #[test]
    fn a_missing_or_broken_file_is_none() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(DemoFile::read(dir.path()), None);

        std::fs::write(DemoFile::path(dir.path()), "{").unwrap();

        assert_eq!(DemoFile::read(dir.path()), None);
    }
}
