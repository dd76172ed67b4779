use std::borrow::Cow;
use std::ops::Range;

use greengrid_app::ingestion::{ReadingRow, RejectCode, Rejection};
use greengrid_domain::ingestion::Measurement;
use greengrid_domain::text::single_line;
use greengrid_domain::units::{Energy, MeterRegister, Power};
use jiff::{Timestamp, Unit};

/// The fields of a reading, in every format. Their names are the columns of the
/// CSV form and the keys of the JSON forms.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter, strum::EnumString, strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub(super) enum Field {
    SiteId,
    TimestampUtc,
    PowerW,
    EnergyWh,
    DeviceId,
    EnergyTotalWh,
    IrradianceWm2,
    TemperatureC,
    VoltageV,
    StatusCode,
}

impl Field {
    const COUNT: usize = 10;

    pub(super) fn name(self) -> &'static str {
        self.into()
    }
}

/// A value as it was sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Value<'a> {
    #[default]
    Absent,
    Whole(i64),
    Decimal(f64),
    Text(Cow<'a, str>),
    /// A list, an object, true or false: never right.
    Other,
}

/// The values of a row, by field.
#[derive(Debug, Default)]
pub(super) struct RawRow<'a>([Value<'a>; Field::COUNT]);

/// What is wrong with a row.
pub(super) struct Wrong {
    pub(super) field: Option<Field>,
    pub(super) code: RejectCode,
    pub(super) message: String,
}

impl Wrong {
    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Self { field: None, code: RejectCode::Malformed, message: message.into() }
    }

    const fn at(field: Field, code: RejectCode, message: String) -> Self {
        Self { field: Some(field), code, message }
    }

    pub(super) fn rejection(self, row: u32, span: Range<usize>) -> Rejection {
        Rejection {
            row: Some(row),
            span,
            field: self.field.map(Field::name),
            code: self.code,
            message: self.message,
        }
    }
}

impl<'a> RawRow<'a> {
    pub(super) fn set(&mut self, field: Field, value: Value<'a>) {
        self.0[field as usize] = value;
    }

    const fn value(&self, field: Field) -> &Value<'a> {
        &self.0[field as usize]
    }

    /// The row as a reading, or what is wrong with it.
    pub(super) fn reading(&self, row: u32, span: Range<usize>) -> Result<ReadingRow, Wrong> {
        let site = self.required(Field::SiteId)?;
        let site = site.parse().map_err(|_| {
            let message = format!("there is no site “{}”", excerpt(&site));
            Wrong::at(Field::SiteId, RejectCode::UnknownSite, message)
        })?;
        let measured_at = self.timestamp()?;
        let device = self.text(Field::DeviceId)?.map(|serial| serial.parse()).transpose();
        let device = device.map_err(|error: greengrid_domain::fleet::DeviceSerialError| {
            Wrong::at(Field::DeviceId, RejectCode::InvalidDevice, error.to_string())
        })?;
        let measurement = Measurement {
            power: self.narrow(Field::PowerW)?.map(Power::from_watts_rounded),
            energy: self.narrow(Field::EnergyWh)?.map(Energy::from_wh_rounded),
            energy_total: self.register()?,
            irradiance_wm2: self.small(Field::IrradianceWm2)?,
            temperature_c: self.small(Field::TemperatureC)?,
            voltage_v: self.small(Field::VoltageV)?,
            status_code: self.status()?,
        };
        Ok(ReadingRow { row, span, site, device, measured_at, measurement })
    }

    /// The value as text, `None` when there is none.
    fn text(&self, field: Field) -> Result<Option<Cow<'_, str>>, Wrong> {
        Ok(match self.value(field) {
            Value::Absent => None,
            Value::Text(text) => Some(text.trim()).filter(|t| !t.is_empty()).map(Cow::Borrowed),
            Value::Whole(number) => Some(Cow::Owned(number.to_string())),
            Value::Decimal(number) => Some(Cow::Owned(number.to_string())),
            Value::Other => {
                let message = format!("{} must be text", field.name());
                return Err(Wrong::at(field, RejectCode::Malformed, message));
            }
        })
    }

    fn required(&self, field: Field) -> Result<Cow<'_, str>, Wrong> {
        self.text(field)?.ok_or_else(|| {
            let message = format!("{} is missing", field.name());
            Wrong::at(field, RejectCode::MissingField, message)
        })
    }

    fn timestamp(&self) -> Result<Timestamp, Wrong> {
        let text = self.required(Field::TimestampUtc)?;
        // Postgres keeps microseconds; two instants that it cannot tell apart
        // must be the same reading here too.
        let instant = text.parse::<Timestamp>().ok().and_then(|at| {
            if at.subsec_nanosecond() == 0 { Some(at) } else { at.round(Unit::Microsecond).ok() }
        });
        instant.ok_or_else(|| {
            let naive = text.parse::<jiff::civil::DateTime>().is_ok();
            let reason = if naive { "does not say in which time zone it is" } else { "is no time" };
            let message = format!(
                "“{}” {reason}; write 2026-06-12T08:45:00Z or 2026-06-12T10:45:00+02:00",
                excerpt(&text)
            );
            Wrong::at(Field::TimestampUtc, RejectCode::InvalidTimestamp, message)
        })
    }

    /// A finite number, `None` when there is none.
    fn number(&self, field: Field) -> Result<Option<f64>, Wrong> {
        let refuse = |what: &str| {
            let message = format!("{} is {what}, which is not a finite number", field.name());
            Err(Wrong::at(field, RejectCode::InvalidNumber, message))
        };
        match self.value(field) {
            Value::Absent => Ok(None),
            #[expect(clippy::cast_precision_loss, reason = "exact below 2^53, beyond every limit")]
            Value::Whole(number) => Ok(Some(*number as f64)),
            Value::Decimal(number) if number.is_finite() => Ok(Some(*number)),
            Value::Decimal(number) => refuse(&number.to_string()),
            Value::Text(text) if text.trim().is_empty() => Ok(None),
            Value::Text(text) => match text.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(Some(number)),
                _ => refuse(&format!("“{}”", excerpt(text))),
            },
            Value::Other => refuse("a list, an object or a truth value"),
        }
    }

    /// A number that fits 32 bits once rounded.
    fn narrow(&self, field: Field) -> Result<Option<f64>, Wrong> {
        self.number_between(field, f64::from(i32::MIN), f64::from(i32::MAX))
    }

    /// A number for a column of single precision.
    #[expect(clippy::cast_possible_truncation, reason = "bounded before the cast")]
    fn small(&self, field: Field) -> Result<Option<f32>, Wrong> {
        Ok(self.number_between(field, -1e9, 1e9)?.map(|number| number as f32))
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "bounded before the cast"
    )]
    fn register(&self) -> Result<Option<MeterRegister>, Wrong> {
        let wh = self.number_between(Field::EnergyTotalWh, 0.0, 9e15)?;
        Ok(wh.map(|wh| MeterRegister::from_wh(wh.round() as u64)))
    }

    fn number_between(&self, field: Field, min: f64, max: f64) -> Result<Option<f64>, Wrong> {
        match self.number(field)? {
            Some(number) if !(min..=max).contains(&number.round()) => {
                let message =
                    format!("{} is {number}; it must lie between {min} and {max}", field.name());
                Err(Wrong::at(field, RejectCode::InvalidNumber, message))
            }
            number => Ok(number),
        }
    }

    fn status(&self) -> Result<Option<String>, Wrong> {
        let Some(text) = self.text(Field::StatusCode)? else { return Ok(None) };
        let status = single_line(&text);
        if status.chars().count() > 64 {
            let message = "status_code has more than 64 characters".to_owned();
            return Err(Wrong::at(Field::StatusCode, RejectCode::Malformed, message));
        }
        Ok(Some(status).filter(|status| !status.is_empty()))
    }
}

/// What was sent, short and harmless enough to be part of a sentence.
pub(super) fn excerpt(raw: &str) -> String {
    const LENGTH: usize = 40;
    let start: String = raw.chars().take(LENGTH + 1).collect();
    let mut line = single_line(&start);
    if start.chars().count() > LENGTH {
        line.extend(['…']);
    }
    line
}
