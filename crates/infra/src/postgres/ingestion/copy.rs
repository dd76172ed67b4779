use sqlx::PgConnection;

use super::plan::Insert;

/// Rows to be written by binary `COPY`, the cheapest way into a table: some
/// four microseconds a row where an `INSERT` takes nine.
///
/// The format is that of the documentation of `COPY`, "Binary Format".
#[derive(Debug)]
pub(super) struct CopyBuffer(Vec<u8>);

/// The columns in the order in which [`CopyBuffer::push`] writes them.
const STATEMENT: &str = "copy reading_event (site_id, measured_at, device_id, revision, quality, \
     power_w, energy_wh, energy_total_wh, batch_id, reasons, irradiance_wm2, temperature_c, \
     voltage_v, status_code) from stdin (format binary)";
const COLUMNS: i16 = 14;

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";
const NO_FLAGS_NO_EXTENSION: [u8; 8] = [0; 8];
const TRAILER: i16 = -1;
const NULL: i32 = -1;

/// 1 January 2000 in microseconds since 1970: the zero of Postgres' instants.
const POSTGRES_EPOCH_MICROS: i64 = 946_684_800_000_000;

impl CopyBuffer {
    pub(super) fn with_capacity(rows: usize) -> Self {
        let mut bytes = Vec::with_capacity(32 + rows * 140);
        bytes.extend_from_slice(SIGNATURE);
        bytes.extend_from_slice(&NO_FLAGS_NO_EXTENSION);
        Self(bytes)
    }

    pub(super) fn push(&mut self, insert: &Insert<'_>, batch: i64) {
        let Insert { row, revision, .. } = insert;
        self.0.extend_from_slice(&COLUMNS.to_be_bytes());
        self.field(&row.key.site.to_be_bytes());
        self.field(&(row.key.micros - POSTGRES_EPOCH_MICROS).to_be_bytes());
        self.field(&row.key.device.to_be_bytes());
        self.field(&revision.to_be_bytes());
        self.field(row.quality.as_bytes());
        self.optional(row.values.power_w.map(i32::to_be_bytes));
        self.optional(row.values.energy_wh.map(i32::to_be_bytes));
        self.optional(row.values.energy_total_wh.map(i64::to_be_bytes));
        self.field(&batch.to_be_bytes());
        self.field(&row.reasons.to_be_bytes());
        self.optional(row.values.irradiance_wm2.map(f32::to_be_bytes));
        self.optional(row.values.temperature_c.map(f32::to_be_bytes));
        self.optional(row.values.voltage_v.map(f32::to_be_bytes));
        match &row.values.status_code {
            Some(code) => self.field(code.as_bytes()),
            None => self.null(),
        }
    }

    /// Writes the rows.
    pub(super) async fn write(mut self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        self.0.extend_from_slice(&TRAILER.to_be_bytes());
        let mut copy = connection.copy_in_raw(STATEMENT).await?;
        if let Err(error) = copy.send(self.0).await {
            let _ = copy.abort("the connection failed").await;
            return Err(error);
        }
        copy.finish().await?;
        Ok(())
    }

    fn optional<const N: usize>(&mut self, value: Option<[u8; N]>) {
        match value {
            Some(bytes) => self.field(&bytes),
            None => self.null(),
        }
    }

    fn field(&mut self, bytes: &[u8]) {
        // Fields are numbers or short texts, far below what an i32 counts.
        let length = i32::try_from(bytes.len()).unwrap_or(0);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn null(&mut self) {
        self.0.extend_from_slice(&NULL.to_be_bytes());
    }
}
