//! Who works next: places for jobs of one kind, given in turn to those whose jobs wait.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// So many jobs at the same time. Of one lane (a person, say) at most one fewer, where there are several: however many jobs
/// somebody has, and however long they take, another's finds a place. Who waits is served lane by lane.
#[derive(Debug)]
pub(super) struct Places {
    of_one: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    free: usize,
    held: HashMap<String, usize>,
    /// In the order of their turns.
    waiting: VecDeque<(String, VecDeque<oneshot::Sender<Place>>)>,
}

tokio::task_local! {
    /// Of the job that this task is at work on.
    static HELD: Mutex<Held>;
}

/// A job's place, where it has one now.
struct Held {
    places: Arc<Places>,
    lane: String,
    place: Option<Place>,
}

/// The job that this task is at work on only waits for others: somebody else may have its place until [`resume`].
pub(crate) fn rest() {
    let place = HELD.try_with(|held| lock(held).place.take());
    drop(place);
}

/// It goes on, once there is a place for it again.
pub(crate) async fn resume() {
    let rested = HELD.try_with(|held| {
        let held = lock(held);
        held.place.is_none().then(|| (Arc::clone(&held.places), held.lane.clone()))
    });
    if let Ok(Some((places, lane))) = rested {
        let place = places.take(lane).await;
        // It is the same task still.
        let _ = HELD.try_with(|held| lock(held).place = Some(place));
    }
}

fn lock(held: &Mutex<Held>) -> MutexGuard<'_, Held> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    /// `None` where it was given back already.
    lane: Option<String>,
}

impl Places {
    pub(super) fn new(count: usize) -> Arc<Self> {
        let count = count.max(1);
        let state = State { free: count, held: HashMap::new(), waiting: VecDeque::new() };
        Arc::new(Self { of_one: (count - 1).max(1), state: Mutex::new(state) })
    }

    /// Does a job once it has its turn. While it rests its place is another's.
    pub(super) async fn work<T>(self: &Arc<Self>, lane: String, job: impl Future<Output = T>) -> T {
        let place = Some(self.take(lane.clone()).await);
        HELD.scope(Mutex::new(Held { places: Arc::clone(self), lane, place }), job).await
    }

    /// Waits for a turn.
    async fn take(self: &Arc<Self>, lane: String) -> Place {
        let turn = {
            let mut state = self.state();
            let (tell, turn) = oneshot::channel();
            match state.waiting.iter_mut().find(|(waiting, _)| *waiting == lane) {
                Some((_, all)) => all.push_back(tell),
                None => state.waiting.push_back((lane.clone(), VecDeque::from([tell]))),
            }
            turn
        };
        self.give();
        // Whoever has the other end gives a place before it goes.
        turn.await.unwrap_or(Place { places: Arc::clone(self), lane: None })
    }

    /// Gives free places to those who wait and may have one.
    fn give(self: &Arc<Self>) {
        while let Some((turn, place)) = self.next() {
            // Who has just gone gives it back at once, by its drop.
            drop(turn.send(place));
        }
    }

    fn next(self: &Arc<Self>) -> Option<(oneshot::Sender<Place>, Place)> {
        let mut state = self.state();
        if state.free == 0 {
            return None;
        }
        // Who does not wait any more has no turn.
        state.waiting.iter_mut().for_each(|(_, turns)| turns.retain(|turn| !turn.is_closed()));
        state.waiting.retain(|(_, turns)| !turns.is_empty());
        let held = |lane: &String| state.held.get(lane).copied().unwrap_or_default();
        let lanes = state.waiting.iter().enumerate().map(|(at, (lane, _))| (held(lane), at));
        // Who has least, and of these who has waited longest.
        let (_, at) = lanes.filter(|(held, _)| *held < self.of_one).min()?;
        let (lane, mut all) = state.waiting.remove(at)?;
        let turn = all.pop_front();
        if !all.is_empty() {
            state.waiting.push_back((lane.clone(), all));
        }
        let turn = turn?;
        state.free -= 1;
        *state.held.entry(lane.clone()).or_default() += 1;
        Some((turn, Place { places: Arc::clone(self), lane: Some(lane) }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(lane) = self.lane.take() else { return };
        let mut state = self.places.state();
        state.free += 1;
        if let Some(count) = state.held.get_mut(&lane) {
            *count -= 1;
            if *count == 0 {
                state.held.remove(&lane);
            }
        }
        drop(state);
        self.places.give();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use std::pin::pin;
    use tokio::sync::Notify;

    #[tokio::test]
    async fn another_finds_a_place_however_many_jobs_one_has() {
        let places = Places::new(4);
        let mut held = vec![];
        let mut wait: Vec<_> = (0..40).map(|_| Box::pin(places.take("one".into()))).collect();
        for waiting in &mut wait {
            held.extend(waiting.now_or_never());
        }
        assert_eq!(held.len(), 3);
        let other = places.take("other".into()).now_or_never();
        assert!(other.is_some(), "at once");
        let mut third = pin!(places.take("third".into()));
        assert!(third.as_mut().now_or_never().is_none(), "all are taken");
        held.pop();
        assert!(third.now_or_never().is_some(), "before those of the first who have waited for longer");
    }

    #[tokio::test]
    async fn who_only_waits_lends_its_place_and_waits_for_it_again() {
        let places = Places::new(1);
        let (awaited, over) = (Notify::new(), Notify::new());
        let mut one = pin!(places.work("one".into(), async {
            rest();
            rest();
            awaited.notified().await;
            resume().await;
            resume().await;
        }));
        assert!(one.as_mut().now_or_never().is_none(), "it waits for what it awaits");
        let mut other = pin!(places.work("other".into(), over.notified()));
        assert!(other.as_mut().now_or_never().is_none(), "it is at work");
        awaited.notify_one();
        assert!(one.as_mut().now_or_never().is_none(), "the other one has the place");
        over.notify_one();
        assert!(other.now_or_never().is_some());
        assert!(one.now_or_never().is_some());
        assert!(places.state().held.is_empty() && places.state().free == 1);
    }

    #[tokio::test]
    async fn turns_go_round_and_who_leaves_takes_nothing_along() {
        let places = Places::new(1);
        let held = places.take("a".into()).await;
        let mut waiting = vec![];
        for lane in ["a", "a", "b", "a", "b"] {
            waiting.push(Box::pin(places.take(lane.into())));
            assert!(waiting.last_mut().is_some_and(|last| last.now_or_never().is_none()));
        }
        // The first `b` leaves.
        drop(waiting.remove(2));
        drop(held);
        let mut order = vec![];
        while !waiting.is_empty() {
            let Some((at, place)) =
                waiting.iter_mut().enumerate().find_map(|(at, one)| Some((at, one.now_or_never()?)))
            else {
                break;
            };
            drop(waiting.remove(at));
            order.extend(place.lane.clone());
        }
        assert_eq!(order, ["a", "b", "a", "a"]);
        assert!(places.take("c".into()).now_or_never().is_some());
        assert!(places.state().held.is_empty() && places.state().waiting.is_empty());
    }
}
