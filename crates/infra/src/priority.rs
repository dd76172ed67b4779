//! Who goes first where there is not enough of the processor for all.
//!
//! Whoever waits for a page or for the acknowledgement of a reading goes before
//! what is derived from readings. Where the system does not allow it, work goes
//! on as ever.

use std::io;

use rustix::process::{Pid, getpriority_process, setpriority_process};

/// How far the processor is left to others: with 4, a thread gets two fifths of
/// what one beside it gets that needs it too, and all of it otherwise. With 10 it
/// was a tenth, and read models fell behind.
pub(crate) const NICENESS: i32 = 4;

/// Has the calling thread leave the processor to others, for good.
pub(crate) fn step_back() {
    // Linux takes "this process" for this thread; elsewhere it would be all.
    if cfg!(target_os = "linux")
        && let Err(error) = be_nice(None)
    {
        tracing::debug!(%error, "a thread keeps its priority");
    }
}

/// Has another process leave the processor to others, for good.
pub(crate) fn push_back(process: i32) {
    let Some(process) = Pid::from_raw(process) else { return };
    if let Err(error) = be_nice(Some(process)) {
        tracing::debug!(%error, "a process keeps its priority");
    }
}

/// Never gives back what was left to others already.
fn be_nice(process: Option<Pid>) -> io::Result<()> {
    let niceness = getpriority_process(process)?.max(NICENESS);
    Ok(setpriority_process(process, niceness)?)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    #[test]
    fn a_thread_steps_back_alone() {
        let before = niceness_of(None);

        let own = std::thread::spawn(|| {
            step_back();
            niceness_of(None)
        });

        assert_eq!(own.join().unwrap(), before.max(NICENESS));
        assert_eq!(niceness_of(None), before);
    }

    pub(crate) fn niceness_of(process: Option<i32>) -> i32 {
        getpriority_process(process.and_then(Pid::from_raw)).unwrap()
    }
}
