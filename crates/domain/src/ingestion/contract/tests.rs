use super::*;

const SITES: &str = "
    total number
    sites list
    sites[] object
    sites[].id number
    sites[].name text
    sites[].zone text?
    sites[].address object?~
    inverters object?
    inverters.* object?
    inverters.*.power number?
";

fn shape(fields: &[(&str, ValueKind)]) -> Shape {
    let mut shape = Shape::default();
    for (way, kind) in fields {
        shape.see(way, *kind);
    }
    shape
}

fn usual() -> Vec<(&'static str, ValueKind)> {
    use ValueKind::{List, Null, Number, Object, Text};
    vec![
        ("total", Number),
        ("sites", List),
        ("sites[]", Object),
        ("sites[].id", Number),
        ("sites[].name", Text),
        ("sites[].zone", Null),
        ("sites[].address", Object),
        ("sites[].address.city", Text),
    ]
}

/// What people are told of an answer with these fields.
fn told(fields: &[(&str, ValueKind)], learned: &[&str]) -> (Vec<String>, bool) {
    let learned = learned.iter().map(|way| (*way).to_owned()).collect();
    let compared = Contract::parse(SITES).unwrap().compare(&shape(fields), &learned);
    (compared.differences.iter().map(ToString::to_string).collect(), compared.whole)
}

#[test]
fn an_answer_as_it_is_known_differs_in_nothing() {
    assert_eq!(told(&usual(), &[]), (vec![], true));
}

#[test]
fn what_is_missing_new_or_something_else_is_told_in_plain_words() {
    let mut fields = usual();
    fields.retain(|(way, _)| *way != "sites[].name");
    fields.push(("sites[].size", ValueKind::Object));
    fields.push(("sites[].size.kwp", ValueKind::Number));
    fields[0] = ("total", ValueKind::Text);

    let (differences, whole) = told(&fields, &[]);

    assert_eq!(
        differences,
        [
            "“sites[].name” is no longer sent",
            "“total” was a number and is now text",
            "“sites[].size” is new: an object",
        ]
    );
    assert!(whole);
    assert_eq!(told(&fields, &["sites[].size"]).0.len(), 2);
}

#[test]
fn a_list_without_entries_says_nothing_of_what_they_hold() {
    let fields = [("total", ValueKind::Number), ("sites", ValueKind::List)];

    assert_eq!(told(&fields, &[]), (vec![], false));
}

#[test]
fn a_field_that_is_only_null_is_as_good_as_gone() {
    let mut fields = usual();
    fields[4] = ("sites[].name", ValueKind::Null);

    assert_eq!(told(&fields, &[]).0, ["“sites[].name” is no longer sent"]);
}

#[test]
fn names_that_differ_from_answer_to_answer_are_one_field() {
    let contract = Contract::parse(SITES).unwrap();

    assert!(contract.has_free_names("inverters"));
    assert!(!contract.has_free_names("sites[]"));
    let mut fields = usual();
    fields.extend([
        ("inverters", ValueKind::Object),
        ("inverters.*", ValueKind::Object),
        ("inverters.*.power", ValueKind::Number),
        ("inverters.*.heat", ValueKind::Number),
    ]);
    assert_eq!(told(&fields, &[]).0, ["“inverters.*.heat” is new: a number"]);
}

#[test]
fn a_line_that_is_none_is_refused() {
    assert!(Contract::parse("total").is_err());
    assert!(Contract::parse("total figure").is_err());
}
