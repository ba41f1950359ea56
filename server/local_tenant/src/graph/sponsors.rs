//! `…/sponsors` of blueprints and agent identities, and its `$ref`: who answers for them.

use uuid::Uuid;

use super::agents;
use super::directory_objects::{Sight, reference_of, typed};
use super::error::GraphError;
use super::holder::{HolderKind, change};
use super::object::Object;
use super::owners::reference;
use super::path::SponsorPart;
use super::{Answer, Request};
use crate::store::{Application, Directory, ObjectKey, ServicePrincipal};

pub(super) fn operate(
    request: &Request<'_>,
    method: &str,
    (kind, key): (HolderKind, ObjectKey),
    part: SponsorPart,
) -> Result<Answer, GraphError> {
    match (method, part) {
        ("GET", SponsorPart::Objects | SponsorPart::References) => list(request, kind, key, part),
        ("POST", SponsorPart::References) => {
            let id = reference(&request.json()?)?;
            write(request, kind, key, |sponsors, directory| agents::put_sponsor(sponsors, id, directory))
        }
        ("DELETE", SponsorPart::Reference(id)) => write(request, kind, key, |sponsors, _| {
            let place = sponsors.iter().position(|one| *one == id).ok_or_else(|| GraphError::not_found(id))?;
            if sponsors.len() == 1 {
                return Err(GraphError::bad_request("No sponsor specified. Please provide at least one sponsor."));
            }
            sponsors.remove(place);
            Ok(())
        }),
        _ => Err(super::method_not_allowed()),
    }
}

fn list(request: &Request<'_>, kind: HolderKind, key: ObjectKey, part: SponsorPart) -> Result<Answer, GraphError> {
    request.caller.may_read_applications()?;
    let directory = request.tenant.read();
    let sponsors = match kind {
        HolderKind::Application => {
            let app = directory.applications.get(key).ok_or_else(|| GraphError::not_found(key))?;
            app.blueprint.as_ref().map(|blueprint| blueprint.sponsors.clone())
        }
        HolderKind::ServicePrincipal => {
            let service = directory.service_principals.get(key).ok_or_else(|| GraphError::not_found(key))?;
            service.agent.as_ref().map(|agent| agent.sponsors.clone())
        }
    };
    let sponsors = sponsors.ok_or_else(|| GraphError::not_found(key))?;
    let root = request.root();
    if part == SponsorPart::References {
        let items = sponsors.iter().map(|id| reference_of(*id, &directory, &root)).collect();
        return Ok(Answer::ok(Object::collection(format!("{root}/$metadata#Collection($ref)"), None, None, items), 1));
    }
    let mut items = vec![];
    for id in sponsors {
        items.extend(typed(id, &directory, &request.query, Sight::of(&request.caller))?);
    }
    let context = request.query.context(&root, "directoryObjects", false);
    Ok(Answer::ok(Object::collection(context, None, None, items), request.query.cost(2)))
}

fn write(
    request: &Request<'_>,
    kind: HolderKind,
    key: ObjectKey,
    apply: impl FnOnce(&mut Vec<Uuid>, &Directory) -> Result<(), GraphError>,
) -> Result<Answer, GraphError> {
    let none = || GraphError::not_found(key);
    match kind {
        HolderKind::Application => change::<Application, _>(
            request,
            key,
            |app| request.may_change(&app.common.owners),
            |app, directory, _| apply(&mut app.blueprint.as_mut().ok_or_else(none)?.sponsors, directory),
        )?,
        HolderKind::ServicePrincipal => change::<ServicePrincipal, _>(
            request,
            key,
            |service| request.may_change(&service.common.owners),
            |service, directory, _| apply(&mut service.agent.as_mut().ok_or_else(none)?.sponsors, directory),
        )?,
    }
    Ok(Answer::no_content())
}
