//! What is done with customers: calls, meetings, letters, tasks (A1 to A3), and what is overdue (A6).

mod entities;
mod overdue;

pub use entities::{Activity, ActivityFields, ActivityId, ActivityStatus, Direction, Participant, ParticipantFields, ParticipantId};
