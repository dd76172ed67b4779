//! Readings as JSON objects, in an array or one in each line.
//!
//! A row is first read straight into its fields. Only when that fails is it
//! looked at more patiently, to find where it ends and what is wrong with it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::fields::{Field, RawRow, Value, Wrong};
use super::rows::Rows;
use super::{MAX_ROWS, TooManyRows};

const NOT_AN_OBJECT: &str =
    r#"a reading is an object such as {"site_id":"…","timestamp_utc":"…","power_w":1200}"#;

/// Why an array could not be read to its end.
pub(super) enum ArrayError {
    NotJson(String),
    TooManyRows,
}

/// Reads an array of readings. A broken row is set aside alone as long as its
/// end can be found; an array without an end is refused whole.
pub(super) fn array(payload: &[u8], rows: &mut Rows) -> Result<(), ArrayError> {
    let mut at = skip_space(payload, 0);
    if payload.get(at) != Some(&b'[') {
        return Err(ArrayError::NotJson("the body must be a JSON array of readings".to_owned()));
    }
    at += 1;
    loop {
        at = skip_space(payload, at);
        if payload.get(at) == Some(&b']') {
            break;
        }
        if rows.count() >= MAX_ROWS {
            return Err(ArrayError::TooManyRows);
        }
        let end = element(payload, at, rows).ok_or_else(|| cut_off(payload))?;
        at = skip_space(payload, end);
        match payload.get(at) {
            Some(b',') => at += 1,
            Some(b']') => break,
            _ => return Err(cut_off(payload)),
        }
    }
    match payload.get(skip_space(payload, at + 1)) {
        None => Ok(()),
        Some(_) => Err(ArrayError::NotJson("something follows the end of the array".to_owned())),
    }
}

/// Reads one reading in each line; empty lines do not count.
pub(super) fn lines(payload: &[u8], rows: &mut Rows) -> Result<(), TooManyRows> {
    let mut start = 0;
    for line in payload.split_inclusive(|byte| *byte == b'\n') {
        let text = line.trim_ascii();
        let from = start + (line.len() - line.trim_ascii_start().len());
        start += line.len();
        if text.is_empty() {
            continue;
        }
        if rows.count() >= MAX_ROWS {
            return Err(TooManyRows);
        }
        rows.add(from..from + text.len(), |row, span| match serde_json::from_slice(text) {
            Ok(Row(raw)) => raw.reading(row, span),
            Err(_) => patient(text)?.reading(row, span),
        });
    }
    Ok(())
}

/// Reads the element that starts here and says where it ends; `None` when it
/// does not end.
fn element(payload: &[u8], start: usize, rows: &mut Rows) -> Option<usize> {
    let rest = &payload[start..];
    let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<Row<'_>>();
    if let Some(Ok(Row(raw))) = values.next() {
        let end = start + values.byte_offset();
        rows.add(start..end, |row, span| raw.reading(row, span));
        return Some(end);
    }
    let end = start + element_length(rest)?;
    let text = payload[start..end].trim_ascii_end();
    rows.add(start..start + text.len(), |row, span| patient(text)?.reading(row, span));
    Some(end)
}

fn cut_off(payload: &[u8]) -> ArrayError {
    let message = match serde_json::from_slice::<IgnoredAny>(payload) {
        Err(error) => format!("this is not JSON: {error}"),
        Ok(_) => "this is not JSON".to_owned(),
    };
    ArrayError::NotJson(message)
}

fn skip_space(payload: &[u8], from: usize) -> usize {
    let space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    from + payload.get(from..).unwrap_or_default().iter().take_while(space).count()
}

/// Bytes up to the comma or bracket that ends an array's element.
fn element_length(rest: &[u8]) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0_u32, false, false);
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b',' | b']' | b'}' if depth == 0 => return Some(at),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Reads a row that is not quite right: numbers beyond all bounds, and the bare
/// `NaN` and `Infinity` that some programs write, so that the answer can name
/// the field.
fn patient(text: &[u8]) -> Result<RawRow<'static>, Wrong> {
    let text = std::str::from_utf8(text).map_err(|_| Wrong::malformed("the row is not UTF-8"))?;
    if !text.starts_with('{') {
        return Err(Wrong::malformed(NOT_AN_OBJECT));
    }
    let fields: BTreeMap<String, Box<RawValue>> = serde_json::from_str(&quote_non_numbers(text))
        .map_err(|error| Wrong::malformed(format!("the row is not JSON: {error}")))?;
    let mut raw = RawRow::default();
    for (name, value) in fields {
        if let Ok(field) = name.parse() {
            raw.set(field, patient_value(value.get()));
        }
    }
    Ok(raw)
}

fn patient_value(json: &str) -> Value<'static> {
    if let Ok(text) = serde_json::from_str::<String>(json) {
        Value::Text(Cow::Owned(text))
    } else if json == "null" {
        Value::Absent
    } else if let Ok(number) = json.parse::<i64>() {
        Value::Whole(number)
    } else {
        json.parse().map_or(Value::Other, Value::Decimal)
    }
}

/// Puts quotation marks around `NaN`, `Infinity` and `-Infinity` outside of
/// strings.
fn quote_non_numbers(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 8);
    let (mut in_string, mut escaped) = (false, false);
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let word = ["NaN", "-Infinity", "Infinity"].into_iter().find(|word| rest.starts_with(word));
        if let (false, Some(word)) = (in_string, word) {
            quoted.extend(["\"", word, "\""]);
            rest = &rest[word.len()..];
            continue;
        }
        if next == '"' && !escaped {
            in_string = !in_string;
        }
        escaped = next == '\\' && in_string && !escaped;
        quoted.push(next);
        rest = &rest[next.len_utf8()..];
    }
    quoted
}

/// A row read straight from its text, borrowing what it can.
struct Row<'a>(RawRow<'a>);

impl<'de> Deserialize<'de> for Row<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Row<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(NOT_AN_OBJECT)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row<'de>, A::Error> {
                let mut raw = RawRow::default();
                while let Some(Key(field)) = map.next_key()? {
                    match field {
                        Some(field) => raw.set(field, map.next_value()?),
                        None => _ = map.next_value::<IgnoredAny>()?,
                    }
                }
                Ok(Row(raw))
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

/// The name of a field, `None` for names that mean nothing here.
struct Key(Option<Field>);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;

        impl Visitor<'_> for Name {
            type Value = Key;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a field")
            }

            fn visit_str<E>(self, name: &str) -> Result<Key, E> {
                Ok(Key(name.parse().ok()))
            }
        }

        deserializer.deserialize_str(Name)
    }
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Value<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Value::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Value::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Value::Whole(number))
            }

            #[expect(clippy::cast_precision_loss, reason = "beyond every limit")]
            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(i64::try_from(number).map_or(Value::Decimal(number as f64), Value::Whole))
            }

            fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                Ok(Value::Decimal(number))
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Value::Absent)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Value::Other)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Value::Other)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Value::Other)
            }
        }

        deserializer.deserialize_any(Any)
    }
}
