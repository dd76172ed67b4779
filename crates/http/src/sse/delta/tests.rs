use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

fn check(old: &str, new: &str, expected: Option<&str>) {
    let replaced = |replaced: &str| Delta { replaced: replaced.to_owned(), appended: vec![] };
    assert_eq!(delta(old, new), expected.map(replaced), "{old} -> {new}");
}

#[test]
fn rows_at_the_end_of_a_list_come_alone() {
    let list = |rows: &str| {
        format!("<main id=\"m\"><h1>x</h1><ol id=\"l\"><li id=\"a\">1</li>{rows}</ol></main>")
    };

    let delta = delta(&list(""), &list("<li id=\"b\">2</li><li id=\"c\">3</li>")).unwrap();

    let rows = "<li id=\"b\">2</li><li id=\"c\">3</li>".to_owned();
    assert_eq!(delta.appended, [("l".to_owned(), rows)]);
    assert_eq!(delta.replaced, "");
}

#[test]
fn the_smallest_element_with_an_id_is_told() {
    let page = |row: &str, time: &str| {
        format!(
            "<main id=\"main\"><p id=\"time\">{time}</p><ol id=\"rows\">\
             <li id=\"a\"><b>{row}</b><img src=\"x\"><br></li><li id=\"b\">1</li></ol></main>"
        )
    };

    check(
        &page("1", "10:42"),
        &page("2", "10:42"),
        Some("<li id=\"a\"><b>2</b><img src=\"x\"><br></li>"),
    );
    check(&page("1", "10:42"), &page("1", "10:43"), Some("<p id=\"time\">10:43</p>"));
    check(&page("1", "10:42"), &page("1", "10:42"), Some(""));
}

#[test]
fn a_row_at_the_top_brings_its_list_and_a_changed_tag_its_element() {
    let list = |rows: &str| format!("<main id=\"m\"><h1>x</h1><ol id=\"l\">{rows}</ol></main>");

    check(
        &list("<li id=\"a\">1</li>"),
        &list("<li id=\"b\">2</li><li id=\"a\">1</li>"),
        Some("<ol id=\"l\"><li id=\"b\">2</li><li id=\"a\">1</li></ol>"),
    );
    check(
        &list("<li id=\"a\">1</li>"),
        &list("<li id=\"a\" class=\"new\">1</li>"),
        Some("<li id=\"a\" class=\"new\">1</li>"),
    );
}

#[test]
fn what_cannot_be_told_is_sent_whole() {
    check("<p>1</p>", "<p>2</p>", None);
    check("<p id=\"a\">1</p>", "<p id=\"b\">1</p>", None);
    check("<p id=\"a\">1</p>", "<p id=\"a\">2</p>", None);
    check("<p id=\"a\">1</p><i>1</i>", "<p id=\"a\">1</p>", None);
    check(
        "<div><p id=\"a\">1</p><p id=\"a\">1</p></div>",
        "<div><p id=\"a\">1</p><p id=\"a\">2</p></div>",
        None,
    );
    check("<p id=\"a\">1", "<p id=\"a\">2", None);
    check("<p id=\"a\">1</b>", "<p id=\"a\">2</b>", None);
}

#[test]
fn values_and_raw_text_may_hold_angle_brackets() {
    let page = |n: u8| {
        format!(
            "<div><a title=\"a > b\" data-id=\"7\">x</a><script>if (1 < 2) {{}}</script>\
             <svg><path d=\"M0 0\"/></svg><p id=\"p\">{n}</p></div>"
        )
    };

    check(&page(1), &page(2), Some("<p id=\"p\">2</p>"));
}

/// A tree with ids in some places, and text in all.
#[derive(Debug, Clone)]
struct Tree {
    id: Option<u8>,
    text: u8,
    children: Vec<Tree>,
}

impl Tree {
    fn write(&self, out: &mut String) {
        let written = match self.id {
            Some(id) => write!(out, "<div id=\"i{id}\">{}", self.text),
            None => write!(out, "<div>{}", self.text),
        };
        written.unwrap();
        for child in &self.children {
            child.write(out);
        }
        out.push_str("</div>");
    }

    fn html(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    /// Changes the texts of some nodes, takes children off others, and adds
    /// some.
    fn change(&mut self, edits: &mut impl Iterator<Item = u8>) {
        match edits.next() {
            Some(0) => self.text += 1,
            Some(1) => drop(self.children.pop()),
            Some(2) => self.children.push(Tree { id: Some(70), text: 0, children: vec![] }),
            _ => {}
        }
        for child in &mut self.children {
            child.change(edits);
        }
    }
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = (prop::option::of(0..60_u8), 0..3_u8).prop_map(|(id, text)| Tree {
        id,
        text,
        children: Vec::new(),
    });
    leaf.prop_recursive(4, 40, 4, |inner| {
        (prop::option::of(0..60_u8), 0..3_u8, prop::collection::vec(inner, 0..4))
            .prop_map(|(id, text, children)| Tree { id, text, children })
    })
}

/// Does what the browser does.
fn apply(old: &str, delta: &Delta) -> String {
    let mut page = old.to_owned();
    for (list, rows) in &delta.appended {
        let at = page.find(&format!("<div id=\"{list}\">")).unwrap();
        let (list, _) = Parser { html: &page }.element(at, 0).unwrap();
        let end = at + list.whole.len() - "</div>".len();
        page.insert_str(end, rows);
    }
    for part in parse(&delta.replaced).unwrap() {
        let Part::Element(new) = part else { panic!("only elements are sent") };
        let place = format!("<div id=\"{}\">", new.id.unwrap());
        let at = page.find(&place).unwrap();
        let (old, _) = Parser { html: &page }.element(at, 0).unwrap();
        let length = old.whole.len();
        page.replace_range(at..at + length, new.whole);
    }
    page
}

proptest! {
    #[test]
    fn the_old_state_with_the_delta_is_the_new_state(
        old in tree(),
        edits in prop::collection::vec(0..12_u8, 60),
    ) {
        let mut new = old.clone();
        new.change(&mut edits.into_iter());
        let (old, new) = (old.html(), new.html());

        if let Some(delta) = delta(&old, &new) {
            prop_assert_eq!(apply(&old, &delta), new);
        }
    }

    #[test]
    fn no_text_makes_it_panic(old in "[<>/a\"= id]{0,40}", new in "[<>/a\"= id]{0,40}") {
        let _ = delta(&old, &new);
    }
}
