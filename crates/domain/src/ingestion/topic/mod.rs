use std::fmt;
use std::str::FromStr;

use crate::fleet::{DeviceSerial, SiteCode};

#[cfg(test)]
mod tests;

/// Which messages of a broker are whose: a pattern of topics, and the site and
/// device that they are about.
///
/// As text `pattern=site/device`. A level of the pattern may be `{site}` or
/// `{device}`, which stand for the site and the device by their name in the
/// topic; or `+` or a last `#` as in MQTT, which stand for anything. What the
/// topic does not name stands behind the `=`; without a device a message is
/// about the site as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicRule {
    levels: Vec<Level>,
    site: Option<SiteCode>,
    device: Option<DeviceSerial>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Level {
    Text(String),
    Site,
    Device,
    Any,
    Rest,
}

/// Whom a message is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Target {
    /// The site.
    pub site: SiteCode,
    /// The device; none for the site as a whole.
    pub device: Option<DeviceSerial>,
}

/// Why a rule was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TopicRuleError {
    /// The pattern is none.
    #[error(
        "“{0}” is no pattern of topics; write such as tele/{{device}}/SENSOR=ROOF-7, where # may \
         only come last"
    )]
    Pattern(String),
    /// Neither the topic nor the rule names the site.
    #[error("“{0}” does not say which site it is about: use {{site}} or =SITE")]
    NoSite(String),
    /// Both do.
    #[error("“{0}” names the site or the device twice")]
    Twice(String),
    /// What stands behind the `=` is no site or device.
    #[error("“{0}” does not end with the name of a site and, where it is one, of a device")]
    Target(String),
}

impl FromStr for TopicRule {
    type Err = TopicRuleError;
    fn from_str(raw: &str) -> Result<Self, TopicRuleError> {
        let raw = raw.trim();
        let (pattern, target) = match raw.rsplit_once('=') {
            Some((pattern, target)) => (pattern.trim(), Some(target.trim())),
            None => (raw, None),
        };
        let levels: Option<Vec<Level>> = pattern.split('/').map(Level::of).collect();
        let levels = levels.filter(|levels| is_pattern(levels));
        let levels = levels.ok_or_else(|| TopicRuleError::Pattern(raw.to_owned()))?;
        let (site, device) = match target
            .map(|target| target.split_once('/').unwrap_or((target, "")))
        {
            Some((site, device)) => (Some(site), Some(device).filter(|device| !device.is_empty())),
            None => (None, None),
        };
        let wrong = || TopicRuleError::Target(raw.to_owned());
        let site = site.map(|site| site.parse().map_err(|_| wrong())).transpose()?;
        let device = device.map(|device| device.parse().map_err(|_| wrong())).transpose()?;
        let named = |level: &Level| levels.iter().filter(|one| *one == level).count();
        let (sites, devices) = (named(&Level::Site), named(&Level::Device));
        if sites + usize::from(site.is_some()) > 1 || devices + usize::from(device.is_some()) > 1 {
            return Err(TopicRuleError::Twice(raw.to_owned()));
        }
        if sites == 0 && site.is_none() {
            return Err(TopicRuleError::NoSite(raw.to_owned()));
        }
        Ok(Self { levels, site, device })
    }
}

impl Level {
    fn of(text: &str) -> Option<Self> {
        Some(match text {
            "{site}" => Self::Site,
            "{device}" => Self::Device,
            "+" => Self::Any,
            "#" => Self::Rest,
            text if text.is_empty() || text.contains(['+', '#', '{', '}', '\0']) => return None,
            text => Self::Text(text.to_owned()),
        })
    }
}

/// `#` may only come last.
fn is_pattern(levels: &[Level]) -> bool {
    !levels.iter().rev().skip(1).any(|level| *level == Level::Rest)
}

impl TopicRule {
    /// What to subscribe to.
    #[must_use]
    pub fn filter(&self) -> String {
        let levels = self.levels.iter().map(|level| match level {
            Level::Text(text) => text.as_str(),
            Level::Site | Level::Device | Level::Any => "+",
            Level::Rest => "#",
        });
        levels.collect::<Vec<_>>().join("/")
    }

    /// Whom a message of this topic is about; none when the rule is not about
    /// it, or the topic names what can be no site or device.
    #[must_use]
    pub fn target(&self, topic: &str) -> Option<Target> {
        let mut parts = topic.split('/');
        let (mut site, mut device) = (self.site.clone(), self.device.clone());
        for level in &self.levels {
            if *level == Level::Rest {
                return Some(Target { site: site?, device });
            }
            let part = parts.next()?;
            match level {
                Level::Text(text) if text != part => return None,
                Level::Text(_) | Level::Any | Level::Rest => {}
                Level::Site => site = Some(part.parse().ok()?),
                Level::Device => device = Some(part.parse().ok()?),
            }
        }
        if parts.next().is_some() {
            return None;
        }
        Some(Target { site: site?, device })
    }
}

impl fmt::Display for TopicRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let levels = self.levels.iter().map(|level| match level {
            Level::Text(text) => text.as_str(),
            Level::Site => "{site}",
            Level::Device => "{device}",
            Level::Any => "+",
            Level::Rest => "#",
        });
        f.write_str(&levels.collect::<Vec<_>>().join("/"))?;
        match (&self.site, &self.device) {
            (Some(site), Some(device)) => write!(f, "={site}/{device}"),
            (Some(site), None) => write!(f, "={site}"),
            (None, Some(device)) => write!(f, "=/{device}"),
            (None, None) => Ok(()),
        }
    }
}
