//! What happened to an app before a push takes it up, told in the order of time: what was there after a write was sent may
//! have gone by it, and what was only there before may not.

use crate::store::StoredWrite;
use domain::key_credential::KeyCredentials;
use domain::push::{Push, WriteId};
use time::OffsetDateTime;
use uuid::Uuid;

/// When each write that the push has to wait for was sent. `seen`: oldest first. `own`: the receipt and its app's position;
/// the push knows its own writes itself.
pub(super) fn tell(
    push: &mut Push,
    seen: Vec<(OffsetDateTime, KeyCredentials)>,
    sent: Vec<StoredWrite>,
    own: (Uuid, usize),
) -> Vec<(WriteId, OffsetDateTime)> {
    let mut told = vec![];
    let mut earlier = vec![];
    for sent in sent {
        if (sent.receipt, sent.position) == own {
            told.push((WriteId::Own(sent.write.number()), sent.sent_at));
        } else {
            earlier.push(sent);
        }
    }
    let mut earlier = (0..).zip(earlier).peekable();
    let mut beware = |push: &mut Push, until: Option<OffsetDateTime>| {
        while let Some((number, sent)) = earlier.next_if(|(_, sent)| until.is_none_or(|until| sent.sent_at <= until)) {
            told.push((WriteId::Earlier(number), sent.sent_at));
            push.beware(number, sent.write);
        }
    };
    for (at, state) in seen {
        beware(push, Some(at));
        push.remember(&state);
    }
    beware(push, None);
    told
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use domain::ids::KeyId;
    use domain::merge_plan::{Change, MergePlan};
    use domain::push::{Ask, Policy};
    use serde_json::json;
    use time::macros::datetime;

    const NOW: OffsetDateTime = datetime!(2026-11-28 12:00 UTC);
    const OWN: (Uuid, usize) = (Uuid::from_u128(1), 0);

    fn state(ids: &[u128]) -> KeyCredentials {
        let entry = |id: &u128| {
            let (key_id, name) = (KeyId::new(Uuid::from_u128(*id)), format!("CN={id}"));
            json!({"keyId": key_id, "displayName": name, "key": "a2V5", "type": "AsymmetricX509Cert", "usage": "Verify"})
        };
        KeyCredentials::from_json(&ids.iter().map(entry).collect()).unwrap()
    }

    fn sent(receipt: u128, number: u32, keeps: &[u128], seconds: i64) -> StoredWrite {
        let keeps: Vec<KeyId> = keeps.iter().map(|id| KeyId::new(Uuid::from_u128(*id))).collect();
        let write = json!({"number": number, "keeps": keeps, "keeps_nameless": [], "proof": []});
        let write = serde_json::from_value(write).unwrap();
        let sent_at = NOW + time::Duration::seconds(seconds);
        StoredWrite { receipt: Uuid::from_u128(receipt), position: 0, write, sent_at }
    }

    /// A push that removes the first of two, and what it asks for once nothing is awaited any more.
    fn asks(seen: &[(i64, &[u128])], writes: Vec<StoredWrite>) -> Ask {
        let plan = MergePlan::new(&state(&[1, 2]), &Change::Retire([KeyId::new(Uuid::from_u128(1))].into()), None);
        let mut push = Push::new(plan.unwrap(), Policy { consecutive_reads: 1, ..Policy::default() });
        let seen = seen.iter().map(|(at, ids)| (NOW + time::Duration::seconds(*at), state(ids))).collect();
        let told = tell(&mut push, seen, writes, OWN);
        push.read(&state(&[1, 2]), None);
        for (id, _) in told {
            assert_eq!(push.next(), Ask::Read, "it waits");
            push.lapse(id);
        }
        push.read(&state(&[1, 2]), None);
        push.next()
    }

    #[test]
    fn what_was_there_after_an_earlier_write_is_put_back_and_what_was_there_before_is_not() {
        let sends = |ask: Ask| match ask {
            Ask::Write(body) => body["keyCredentials"].as_array().unwrap().len(),
            other => panic!("{other:?}"),
        };
        let without_3 = || vec![sent(9, 1, &[1, 2], 0)];
        assert_eq!(sends(asks(&[(-5, &[1, 2, 3])], without_3())), 1);
        assert_eq!(sends(asks(&[(5, &[1, 2, 3])], without_3())), 2);
        assert_eq!(sends(asks(&[(-5, &[1, 2, 3]), (5, &[1, 2, 3])], without_3())), 2);
        assert_eq!(sends(asks(&[(5, &[1, 2, 3])], vec![sent(9, 1, &[1, 2, 3], 0)])), 1);
        assert_eq!(sends(asks(&[(5, &[1, 2, 3])], vec![])), 1);
    }

    #[test]
    fn its_own_writes_a_push_knows_itself() {
        let plan = MergePlan::new(&state(&[1, 2]), &Change::Retire([KeyId::new(Uuid::from_u128(1))].into()), None);
        let mut push = Push::new(plan.unwrap(), Policy::default());
        let told = tell(&mut push, vec![], vec![sent(1, 2, &[2], -3), sent(9, 1, &[2], -1)], OWN);
        let ago = |seconds| NOW - time::Duration::seconds(seconds);
        assert_eq!(told, [(WriteId::Own(2), ago(3)), (WriteId::Earlier(0), ago(1))]);
        assert_eq!(push.awaits().collect::<Vec<_>>(), [WriteId::Earlier(0)]);
    }
}
