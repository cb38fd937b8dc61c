//! One thing each, in many worlds that chance varies: every invariant is checked at every step.

mod bfd_failover;
mod churn;
mod collision;
mod establish;
mod golden;
mod hold_timer;
mod reconfigure;
mod refresh;
mod replay;
mod restart_modes;
mod ring;
mod strict_bfd;
