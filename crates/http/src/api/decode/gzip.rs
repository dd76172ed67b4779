use std::io::Read;

use flate2::read::MultiGzDecoder;

/// Why a packed body was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GzipError {
    /// It is not gzip, or it ends too early.
    Broken,
    /// It unpacks to more than the limit.
    TooLarge,
}

/// Unpacks a whole body, giving up beyond `limit` bytes: a few kilobytes can
/// unpack to gigabytes.
pub(super) fn unpack(packed: &[u8], limit: usize) -> Result<Vec<u8>, GzipError> {
    let mut unpacked = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(packed)
        .take(most)
        .read_to_end(&mut unpacked)
        .map_err(|_| GzipError::Broken)?;
    if unpacked.len() > limit { Err(GzipError::TooLarge) } else { Ok(unpacked) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn pack(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn what_was_packed_comes_back_even_in_several_members() {
        let mut packed = pack(b"one,");
        packed.extend(pack(b"two"));

        assert_eq!(unpack(&packed, 7), Ok(b"one,two".to_vec()));
    }

    #[test]
    fn a_half_written_or_foreign_body_is_broken() {
        let packed = pack(&[7; 10_000]);

        assert_eq!(unpack(&packed[..packed.len() / 2], 20_000), Err(GzipError::Broken));
        assert_eq!(unpack(&packed[..packed.len() - 1], 20_000), Err(GzipError::Broken));
        assert_eq!(unpack(b"site_id,timestamp_utc", 20_000), Err(GzipError::Broken));
        assert_eq!(unpack(b"", 20_000), Err(GzipError::Broken));
    }

    #[test]
    fn a_bomb_is_given_up_at_the_limit() {
        let bomb = pack(&vec![0; 1 << 20]);

        assert!(bomb.len() < 1 << 16);
        assert_eq!(unpack(&bomb, 1 << 16), Err(GzipError::TooLarge));
    }
}
