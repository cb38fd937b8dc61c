//! How the kernel schedules the calling thread.
use std::io;
use std::time::Duration;

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

/// Asks for time in slices of this length, which the kernel takes as 0.1 to 100 ms. Since Linux 6.12 a thread that wakes
/// does not wait for the end of another's longer slice; an older kernel takes no notice. It needs no privilege.
pub(in super::super) fn set_slice(slice: Duration) -> io::Result<()> {
    // SAFETY: the structure is made of integers, of which zero is a value.
    let mut attributes: libc::sched_attr = unsafe { std::mem::zeroed() };
    let size = u32::try_from(size_of::<libc::sched_attr>()).unwrap_or(0);
    // SAFETY: zero is the calling thread; the kernel writes no more than `size` octets, during the call only.
    let read = unsafe { libc::syscall(libc::SYS_sched_getattr, 0, &raw mut attributes, size, 0) };
    if read != 0 {
        return Err(io::Error::last_os_error());
    }
    attributes.sched_runtime = u64::try_from(slice.as_nanos()).unwrap_or(u64::MAX);
    // SAFETY: zero is the calling thread; the kernel reads `attributes`, which has its size in it, during the call only.
    let done = unsafe { libc::syscall(libc::SYS_sched_setattr, 0, &raw const attributes, 0) };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
