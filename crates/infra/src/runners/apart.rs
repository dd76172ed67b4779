use std::thread;

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::priority;

/// Runs work that computes for long on a thread of its own that leaves the
/// processor to others, so that it never holds up those that answer requests: a
/// request that waits for one of them gets neither its connection nor its
/// answer. Ends when the work does; when the caller is dropped, the token given
/// to `work` is cancelled.
pub(crate) async fn apart<F>(cancel: &CancellationToken, work: impl FnOnce(CancellationToken) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let stop = cancel.child_token();
    let _stopping = stop.clone().drop_guard();
    let (work, runtime) = (work(stop), Handle::current());
    let (ends, ended) = oneshot::channel::<()>();
    let own = thread::spawn(move || {
        // Dropped with the thread, also when it panics.
        let _ends = ends;
        priority::step_back();
        runtime.block_on(work);
    });
    let _ = ended.await;
    if let Err(panic) = own.join() {
        std::panic::resume_unwind(panic);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    /// So long that only a hindrance makes it pass.
    const FAR_TOO_LONG: Duration = Duration::from_mins(1);

    #[tokio::test]
    async fn what_computes_for_long_does_not_hold_up_others() {
        let (go_on, wait) = mpsc::channel();
        let computing = async move { wait.recv_timeout(FAR_TOO_LONG).unwrap() };

        // There is one thread for everything: had it to wait for the work, none
        // would be left to let the work go on.
        let never = CancellationToken::new();
        tokio::join!(apart(&never, |_| computing), async move {
            go_on.send(()).unwrap();
        });
    }

    #[tokio::test]
    async fn work_is_told_when_nobody_waits_for_it_any_more() {
        let (told, tell) = tokio::sync::oneshot::channel();
        let (begun, begins) = tokio::sync::oneshot::channel();
        let cancel = CancellationToken::new();
        let waiting = apart(&cancel, |stop| async move {
            begun.send(()).unwrap();
            stop.cancelled().await;
            told.send(()).unwrap();
        });

        tokio::select! {
            () = waiting => unreachable!(),
            _ = begins => {}
        }

        tell.await.unwrap();
    }

    #[tokio::test]
    #[should_panic(expected = "out of order")]
    async fn a_panic_is_passed_on() {
        apart(&CancellationToken::new(), |_| async { panic!("out of order") }).await;
    }
}
