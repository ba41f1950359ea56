//! Saved views: a person's own are theirs alone, and what all share is an administrator's to change, and audited.

use crate::databases::Database;
use crate::people::SOFIA;
use crate::world::{DANIEL, MARA, OWEN, PRIYA, World};
use app::contract::inventory::{GridColumns, GridDensity, GridGroup, GridQuery, GridSort, GridView};
use app::contract::ports::*;
use domain::audit::AuditAction;
use domain::inventory::ViewAct;

fn query(filter: &str) -> GridQuery {
    let columns = GridColumns::read(GridView::Objects, ["owners", "read"]);
    GridQuery {
        filter: filter.parse().unwrap(),
        sort: GridSort::Newest,
        page: 3,
        group: Some(GridGroup::Owner),
        columns,
        density: GridDensity::Compact,
        ..GridQuery::of(GridView::Objects)
    }
}

async fn names(world: &World, upn: &str) -> Vec<String> {
    world.desk(upn).saved_views().await.unwrap().into_iter().map(|view| view.name).collect()
}

#[tokio::test]
async fn a_view_is_its_persons_alone_and_shared_ones_are_for_administrators_to_change() {
    for database in [Database::sqlite(), Database::postgres().await] {
        let world = World::with_inventory(database).await;
        let (owen, mara) = (world.desk(OWEN), world.desk(MARA));
        owen.save_view(" My secrets ", &query("kind:secret \"a b\""), false).await.unwrap();
        let saved = owen.saved_views().await.unwrap().remove(0);
        assert_eq!((saved.name.as_str(), saved.shared, saved.may_change), ("My secrets", false, true));
        assert_eq!(saved.query, GridQuery { page: 1, ..query("kind:secret \"a b\"") });
        for (name, code) in [("my SECRETS", "name-taken"), ("  ", "bad-name"), (&*"x".repeat(61), "bad-name")] {
            assert_eq!(owen.save_view(name, &query(""), false).await.unwrap_err().code, code, "{name}");
        }
        assert!(names(&world, SOFIA).await.is_empty() && names(&world, MARA).await.is_empty());
        for other in [SOFIA, MARA] {
            let desk = world.desk(other);
            assert_eq!(desk.rename_view(saved.id, "theirs").await.unwrap_err().status, 404, "{other}");
            assert_eq!(desk.remove_view(saved.id).await.unwrap_err().status, 404, "{other}");
        }

        assert_eq!(owen.save_view("for all", &query(""), true).await.unwrap_err().status, 403);
        mara.save_view("for all", &query("owner:none"), true).await.unwrap();
        let shared = owen.saved_views().await.unwrap().remove(0);
        assert_eq!((shared.name.as_str(), shared.shared, shared.may_change), ("for all", true, false));
        assert_eq!(names(&world, PRIYA).await, ["for all"]);
        for desk in [&owen, &world.desk(PRIYA)] {
            assert_eq!(desk.rename_view(shared.id, "mine").await.unwrap_err().status, 403);
            assert_eq!(desk.remove_view(shared.id).await.unwrap_err().status, 403);
        }
        mara.rename_view(shared.id, "nobody's").await.unwrap();
        assert_eq!(names(&world, OWEN).await, ["nobody's", "My secrets"]);
        mara.remove_view(shared.id).await.unwrap();
        owen.remove_view(saved.id).await.unwrap();
        assert!(names(&world, OWEN).await.is_empty());
        let acts: Vec<_> = world.audit(MARA).await.into_iter().map(|row| (row.action, row.detail)).collect();
        let views: Vec<_> = acts.into_iter().filter(|(action, _)| matches!(action, AuditAction::View(_))).collect();
        let expected = [
            (ViewAct::Removed, "nobody's"),
            (ViewAct::Renamed, "for all: nobody's"),
            (
                ViewAct::Shared,
                "for all: view=objects&q=owner%3Anone&sort=newest&group=owner&columns=owners%2Cread&density=compact",
            ),
        ];
        assert_eq!(
            views,
            expected.map(|(act, detail)| (AuditAction::View(act), detail.to_owned())),
            "and none of Owen's"
        );

        for (desk, status) in [(world.desk(DANIEL), 403), (world.nobody(), 401)] {
            assert_eq!(desk.saved_views().await.unwrap_err().status, status);
            assert_eq!(desk.save_view("x", &query(""), false).await.unwrap_err().status, status);
        }
    }
}

#[tokio::test]
async fn a_person_has_so_many_and_is_told() {
    let world = World::start().await;
    for n in 0..domain::inventory::MOST_VIEWS {
        world.desk(OWEN).save_view(&format!("view {n}"), &query(""), false).await.unwrap();
    }
    let refused = world.desk(OWEN).save_view("one more", &query(""), false).await.unwrap_err();
    assert_eq!((refused.status, refused.code.as_str()), (422, "too-many-views"));
    world.desk(SOFIA).save_view("one more", &query(""), false).await.unwrap();
}
