//! Writes on their way, and how they fare.

use super::app::{Author, Born};
use super::history::Fare;
use super::world::{World, removed_by};
use domain::ids::KeyId;
use domain::merge_plan::MergePlan;
use domain::push::{UnansweredWrite, WriteAnswer, WriteId};
use std::collections::BTreeSet;

/// What the server stores of a write before it is sent, and until its push has ended.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: u32,
    /// [`Machine::number`]
    pub by: usize,
    pub write: UnansweredWrite,
    pub stored_at: usize,
    pub sent_at: usize,
    pub at_large: Option<AtLarge>,
}

/// A write on its way.
#[derive(Debug, Clone)]
pub struct AtLarge {
    pub body: serde_json::Value,
    /// Incarnations that its push had been shown.
    pub shown: BTreeSet<Born>,
    /// It comes with the push's next write, if not before.
    pub with_the_next: bool,
}

impl World {
    /// Those that are over their time come no more.
    pub fn lapse(&mut self) {
        for row in &mut self.rows {
            if self.time >= row.sent_at + self.horizon {
                row.at_large = None;
            }
        }
        let Some(machine) = self.active.map(|at| &mut self.machines[at]) else { return };
        let push = machine.push.as_mut().expect("active");
        machine.told.retain(|(id, row)| {
            let row = self.rows.iter().find(|stored| stored.id == *row);
            let over = row.is_none_or(|row| self.time >= row.sent_at + self.horizon);
            if over {
                push.lapse(*id);
            }
            !over
        });
    }

    /// A write that is at large comes.
    pub fn land(&mut self, id: u32) {
        let Some(row) = self.rows.iter_mut().find(|row| row.id == id) else { return };
        let Some(AtLarge { body, shown, .. }) = row.at_large.take() else { return };
        let arrived = self.app.patch(&body, Author::Push(row.by));
        let machine = self.machines.iter_mut().find(|machine| machine.number == row.by).expect("who sent it");
        machine.wiped.extend(unasked(&machine.plan, arrived, &shown));
    }

    pub fn at_large(&self, which: impl Fn(&Row, &AtLarge) -> bool) -> Vec<u32> {
        let rows = self.rows.iter();
        rows.filter(|row| row.at_large.as_ref().is_some_and(|large| which(row, large))).map(|row| row.id).collect()
    }

    /// How the write of this row fares. `None`: its push is cut off.
    pub fn fare(&mut self, id: u32, fare: Fare) -> Option<WriteAnswer> {
        let row = self.rows.iter_mut().find(|row| row.id == id).expect("just stored");
        match fare {
            Fare::Well => {
                let AtLarge { body, shown, .. } = row.at_large.take().expect("just sent");
                let arrived = self.app.patch(&body, Author::Push(row.by));
                let answer = if arrived.is_ok() { WriteAnswer::Accepted } else { WriteAnswer::Refused };
                let machine = self.machines.iter_mut().find(|machine| machine.number == row.by).expect("who sent it");
                machine.wiped.extend(unasked(&machine.plan, arrived, &shown));
                Some(answer)
            }
            Fare::TurnedAway => {
                row.at_large = None;
                Some(WriteAnswer::TurnedAway)
            }
            Fare::TurnedAwayThough => {
                self.land(id);
                Some(WriteAnswer::TurnedAway)
            }
            Fare::Refused => {
                row.at_large = None;
                Some(WriteAnswer::Refused)
            }
            Fare::NoAnswerArrived => {
                self.land(id);
                Some(WriteAnswer::Unanswered)
            }
            Fare::NoAnswerLost => {
                row.at_large = None;
                Some(WriteAnswer::Unanswered)
            }
            Fare::NoAnswerLate => {
                row.at_large.as_mut().expect("just sent").with_the_next = true;
                Some(WriteAnswer::Unanswered)
            }
            Fare::NoAnswerAtLarge => Some(WriteAnswer::Unanswered),
            Fare::CrashBefore => {
                row.at_large = None;
                None
            }
            Fare::CrashAfter => {
                self.land(id);
                None
            }
            Fare::CrashAtLarge => None,
        }
    }
}

pub fn own_row(rows: &[Row], by: usize, id: WriteId) -> Option<u32> {
    let WriteId::Own(number) = id else { return None };
    rows.iter().find(|row| row.by == by && row.write.number() == number).map(|row| row.id)
}

/// Of the entries that a write removed: those that it was made in knowledge of, and that the plan does not name.
fn unasked(plan: &MergePlan, arrived: Result<Vec<(KeyId, Born)>, String>, shown: &BTreeSet<Born>) -> Vec<KeyId> {
    let targets = removed_by(plan);
    let gone = arrived.unwrap_or_default().into_iter();
    gone.filter(|(key_id, born)| shown.contains(born) && !targets.contains(key_id)).map(|(key_id, _)| key_id).collect()
}
