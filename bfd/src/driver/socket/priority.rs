//! Real-time scheduling of the calling thread.
use std::io;

/// `SCHED_FIFO` with this priority. Threads and processes made later do not inherit it.
pub(in super::super) fn set_fifo(priority: u8) -> io::Result<()> {
    // SAFETY: the structure is made of integers, of which zero is a value.
    let mut parameters: libc::sched_param = unsafe { std::mem::zeroed() };
    parameters.sched_priority = i32::from(priority);
    let policy = libc::SCHED_FIFO | libc::SCHED_RESET_ON_FORK;
    // SAFETY: zero is the calling thread; the kernel reads `parameters` during the call only.
    let done = unsafe { libc::sched_setscheduler(0, policy, &raw const parameters) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
