//! What is different between two states of a view: the smallest elements with
//! an id that have changed. A row of the overview is a hundredth of the page,
//! and it is the row that goes to thousands of tabs.

use std::collections::HashMap;

/// Elements nest no deeper than this; deeper ones are not compared.
const MAX_DEPTH: usize = 128;
/// Elements that have no end tag.
const VOID: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
];
/// Elements whose content is text, whatever it looks like.
const RAW: &[&str] = &["script", "style", "textarea", "title"];

/// What makes one state of another.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Delta {
    /// Elements to put in the place of those with the same ids.
    pub(super) replaced: String,
    /// Elements that come at the end of the one with this id.
    pub(super) appended: Vec<(String, String)>,
}

/// The elements of `new` which, put in the place of those of `old` with the
/// same ids or at the ends of lists with ids, make `new` of `old`. `None` if
/// there are no such elements, or they are no shorter than the whole.
pub(super) fn delta(old: &str, new: &str) -> Option<Delta> {
    let (old_parts, new_parts) = (parse(old)?, parse(new)?);
    let mut changed = Changed::default();
    if !all_told(&old_parts, &new_parts, &mut changed) {
        return None;
    }
    let (old_ids, new_ids) = (ids(&old_parts), ids(&new_parts));
    let unique = |id: &str| old_ids.get(id) == Some(&1) && new_ids.get(id) == Some(&1);
    let fresh = |id: &str| !old_ids.contains_key(id) && new_ids.get(id) == Some(&1);
    let known = changed.replaced.iter().all(|element| element.id.is_some_and(unique))
        && changed.appended.iter().all(|(list, rows)| {
            list.id.is_some_and(unique) && rows.iter().all(|row| row.id.is_some_and(fresh))
        });
    if !known {
        return None;
    }
    let whole = |elements: &[&Element<'_>]| -> String {
        elements.iter().map(|element| element.whole).collect()
    };
    let delta = Delta {
        replaced: whole(&changed.replaced),
        appended: changed
            .appended
            .iter()
            .filter_map(|(list, rows)| Some((list.id?.to_owned(), whole(rows))))
            .collect(),
    };
    let length =
        delta.replaced.len() + delta.appended.iter().map(|(_, rows)| rows.len()).sum::<usize>();
    (length < new.len()).then_some(delta)
}

/// What of a state is not as it was.
#[derive(Default)]
struct Changed<'n, 'a> {
    replaced: Vec<&'n Element<'a>>,
    /// Lists, with what came at their ends.
    appended: Vec<(&'n Element<'a>, Vec<&'n Element<'a>>)>,
}

struct Element<'a> {
    whole: &'a str,
    /// Its start tag.
    start: &'a str,
    id: Option<&'a str>,
    parts: Vec<Part<'a>>,
}

enum Part<'a> {
    Text(&'a str),
    Element(Element<'a>),
}

/// Whether the differences of all parts lie within elements with ids; those
/// are added to `changed`.
fn all_told<'n, 'a>(old: &[Part<'_>], new: &'n [Part<'a>], changed: &mut Changed<'n, 'a>) -> bool {
    old.len() == new.len()
        && old.iter().zip(new).all(|parts| match parts {
            (Part::Text(old), Part::Text(new)) => old == new,
            (Part::Element(old), Part::Element(new)) => told(old, new, changed),
            _ => false,
        })
}

fn told<'n, 'a>(old: &Element<'_>, new: &'n Element<'a>, changed: &mut Changed<'n, 'a>) -> bool {
    if old.whole == new.whole {
        return true;
    }
    let before = (changed.replaced.len(), changed.appended.len());
    if old.start == new.start
        && (all_told(&old.parts, &new.parts, changed) || grown(old, new, before, changed))
    {
        return true;
    }
    changed.undo(before);
    let replaceable = new.id.is_some() && old.id == new.id;
    if replaceable {
        changed.replaced.push(new);
    }
    replaceable
}

/// Whether a list with an id, which holds something already, has only got
/// elements with ids at its end.
fn grown<'n, 'a>(
    old: &Element<'_>,
    new: &'n Element<'a>,
    before: (usize, usize),
    changed: &mut Changed<'n, 'a>,
) -> bool {
    changed.undo(before);
    let plain = |id: &str| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !new.id.is_some_and(plain) || old.parts.is_empty() || old.parts.len() >= new.parts.len() {
        return false;
    }
    let (kept, added) = new.parts.split_at(old.parts.len());
    let rows: Option<Vec<&Element<'_>>> = added
        .iter()
        .map(|part| match part {
            Part::Element(element) if element.id.is_some() => Some(element),
            _ => None,
        })
        .collect();
    let Some(rows) = rows.filter(|_| all_told(&old.parts, kept, changed)) else { return false };
    changed.appended.push((new, rows));
    true
}

impl Changed<'_, '_> {
    /// Forgets what was noted since.
    fn undo(&mut self, (replaced, appended): (usize, usize)) {
        self.replaced.truncate(replaced);
        self.appended.truncate(appended);
    }
}

fn ids<'a>(parts: &[Part<'a>]) -> HashMap<&'a str, usize> {
    fn count<'a>(parts: &[Part<'a>], ids: &mut HashMap<&'a str, usize>) {
        for part in parts {
            if let Part::Element(element) = part {
                if let Some(id) = element.id {
                    *ids.entry(id).or_default() += 1;
                }
                count(&element.parts, ids);
            }
        }
    }
    let mut counted = HashMap::new();
    count(parts, &mut counted);
    counted
}

/// Reads markup as our templates write it; `None` for anything else.
fn parse(html: &str) -> Option<Vec<Part<'_>>> {
    let (parts, rest) = Parser { html }.parts(0, 0)?;
    (rest == html.len()).then_some(parts)
}

struct Parser<'a> {
    html: &'a str,
}

impl<'a> Parser<'a> {
    /// Parts from a place up to the next end tag or the end.
    fn parts(&self, mut at: usize, depth: usize) -> Option<(Vec<Part<'a>>, usize)> {
        let mut parts = Vec::new();
        while at < self.html.len() && !self.html[at..].starts_with("</") {
            if self.html[at..].starts_with('<') {
                let (element, end) = self.element(at, depth)?;
                parts.push(Part::Element(element));
                at = end;
            } else {
                let end = self.html[at..].find('<').map_or(self.html.len(), |found| at + found);
                parts.push(Part::Text(&self.html[at..end]));
                at = end;
            }
        }
        Some((parts, at))
    }

    fn element(&self, from: usize, depth: usize) -> Option<(Element<'a>, usize)> {
        let start = start_tag(&self.html[from..])?;
        let name = start[1..].split([' ', '>', '/']).next().filter(|name| !name.is_empty())?;
        let inside = from + start.len();
        let (parts, end) = if VOID.contains(&name) || start.ends_with("/>") {
            (Vec::new(), inside)
        } else if RAW.contains(&name) {
            let length = self.html[inside..].find("</")?;
            let text = Part::Text(&self.html[inside..inside + length]);
            (vec![text], self.end_tag(inside + length, name)?)
        } else if depth < MAX_DEPTH {
            let (parts, end) = self.parts(inside, depth + 1)?;
            (parts, self.end_tag(end, name)?)
        } else {
            return None;
        };
        Some((Element { whole: &self.html[from..end], start, id: id(start), parts }, end))
    }

    /// Where the end tag of this name ends, if one stands here.
    fn end_tag(&self, at: usize, name: &str) -> Option<usize> {
        let rest = self.html[at..].strip_prefix("</")?.strip_prefix(name)?.strip_prefix('>')?;
        Some(self.html.len() - rest.len())
    }
}

/// The start tag at the beginning of `html`, up to the `>` that is not in a
/// value.
fn start_tag(html: &str) -> Option<&str> {
    let mut quoted = false;
    let end = html.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b'>' && !quoted
    })?;
    Some(&html[..=end])
}

fn id(start: &str) -> Option<&str> {
    let (_, rest) = start.split_once(" id=\"")?;
    rest.split_once('"').map(|(id, _)| id).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests;
