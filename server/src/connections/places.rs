//! Who may have a connection: a share for each address, and some kept back for health checks.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Kept back, for health checks alone, where all else is taken.
const RESERVE: usize = 32;
/// Of these, from one address.
const RESERVE_OF_ONE: usize = 4;

#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    of_one: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: Share,
    by_address: HashMap<IpAddr, Share>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Share {
    usual: usize,
    reserve: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PlaceKind {
    Usual,
    /// Answers health checks, and tells everybody else to come later.
    Reserve,
}

/// Given back when dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    address: IpAddr,
    pub(super) kind: PlaceKind,
}

impl Places {
    /// `most` connections, of which `of_one` from one address.
    pub(super) fn new(most: usize, of_one: usize) -> Arc<Self> {
        Arc::new(Self { most, of_one, taken: Mutex::default() })
    }

    /// `None` where this address has its share, or everything is taken, the reserve too.
    pub(super) fn take(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let address = network(address);
        let mut taken = self.taken();
        let of_one = taken.by_address.get(&address).copied().unwrap_or_default();
        let kind = if of_one.usual < self.of_one && taken.all.usual < self.most {
            PlaceKind::Usual
        } else if taken.all.usual >= self.most && of_one.reserve < RESERVE_OF_ONE && taken.all.reserve < RESERVE {
            PlaceKind::Reserve
        } else {
            return None;
        };
        taken.all.add(kind);
        taken.by_address.entry(address).or_default().add(kind);
        Some(Place { places: Arc::clone(self), address, kind })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Share {
    fn of(&mut self, kind: PlaceKind) -> &mut usize {
        match kind {
            PlaceKind::Usual => &mut self.usual,
            PlaceKind::Reserve => &mut self.reserve,
        }
    }

    fn add(&mut self, kind: PlaceKind) {
        *self.of(kind) += 1;
    }

    fn give_back(&mut self, kind: PlaceKind) {
        let count = self.of(kind);
        *count = count.saturating_sub(1);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.all.give_back(self.kind);
        if let Some(share) = taken.by_address.get_mut(&self.address) {
            share.give_back(self.kind);
            if share.usual == 0 && share.reserve == 0 {
                taken.by_address.remove(&self.address);
            }
        }
    }
}

/// Of IPv6 the first 64 bits: a household or a server has that many addresses at least.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    fn address(n: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, n])
    }

    #[test]
    fn one_address_has_its_share_and_all_have_theirs() {
        let places = Places::new(5, 2);
        let take = |n| places.take(address(n));
        let first = [take(1).unwrap(), take(1).unwrap()];
        assert!(take(1).is_none(), "its share is taken");
        let second = [take(2).unwrap(), take(2).unwrap()];
        let last = take(3).unwrap();
        assert!([&first[0], &second[1], &last].iter().all(|place| place.kind == PlaceKind::Usual));
        let reserve: Vec<Place> = (0..RESERVE_OF_ONE).map(|_| take(4).unwrap()).collect();
        assert!(reserve.iter().all(|place| place.kind == PlaceKind::Reserve));
        assert!(take(4).is_none(), "nor may one address take the whole reserve");
        drop((first, reserve));
        assert_eq!(take(1).unwrap().kind, PlaceKind::Usual, "what is given back is there again");
        drop((second, last));
        assert!(places.taken().by_address.is_empty(), "addresses that are gone are forgotten");
    }

    #[test]
    fn the_reserve_ends_too() {
        let places = Places::new(1, 1);
        let held: Vec<Place> = (0..=u8::MAX).filter_map(|n| places.take(address(n))).collect();
        assert_eq!(held.len(), 1 + RESERVE);
    }

    #[test]
    fn ipv6_counts_by_network() {
        assert_eq!(network("2001:db8:1:2:3:4:5:6".parse().unwrap()).to_string(), "2001:db8:1:2::");
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()).to_string(), "192.0.2.1");
    }
}
