//! Where the person is signed in, and how to end it from elsewhere.

use crate::components::icon::Icon;
use crate::components::notices::RefusalSlot;
use crate::components::page::Heading;
use crate::components::timestamp::Moment;
use crate::data::sessions::{Lender, Lending, OwnSession};
use crate::glyph::Glyph;
use crate::page::Page;
use crate::prelude::*;
use crate::route::{Form, Route};

/// `sessions`: the newest first. `lending`: where the viewer may lend a sign-in.
pub fn page(sessions: Vec<OwnSession>, lending: Option<Lending>) -> Page {
    Page::new(Route::Sessions.title(), move || {
        view! {
            <Sessions sessions/>
            {lending.map(|lending| view! { <Lent lending/> })}
        }
    })
}

/// Who lends the portal a sign-in to read the directory with.
#[component]
fn Lent(lending: Lending) -> impl IntoView {
    let mine = lending.lenders.iter().any(|lender| lender.is_viewer);
    let nobody = lending.lenders.is_empty();
    let class = if nobody { "button button--primary" } else { "button" };
    view! {
        <section class="card" aria-labelledby="lent-title">
            <div class="card__head">
                <h2 id="lent-title">"Reading the directory"</h2>
            </div>
            <p class="card__text">"This portal has no right of its own to read the directory in the background. It reads with the sign-in of an administrator or auditor who lends it: to read, never to write, and no longer than the session that it was lent from. What is read is shown as the portal shows it anyway: all of it to administrators and auditors, to everybody else the apps that they own or that their team looks after."</p>
            {if nobody {
                view! { <p>"Nobody lends one now, so the directory is not read."</p> }.into_html()
            } else {
                view! {
                    <ul class="people">
                        {lending.lenders.into_iter().map(|Lender { name, since, is_viewer }| view! {
                            <li>
                                {if is_viewer { format!("{name} (you)") } else { name }}
                                ", since " <Moment at=since/>
                            </li>
                        }).collect_view()}
                    </ul>
                }
                .into_html()
            }}
            <div class="actions">
                {if mine {
                    view! {
                        <form method="post" action=Form::EndLending.path()>
                            <button type="submit" class="button">"Take mine back"</button>
                            <RefusalSlot form=Form::EndLending/>
                        </form>
                    }
                    .into_html()
                } else {
                    view! {
                        <form method="post" action=Form::LendReading.path()>
                            <button type="submit" class=class data-pending="Asking Microsoft for a token">
                                "Lend this sign-in"
                            </button>
                            <RefusalSlot form=Form::LendReading/>
                        </form>
                    }
                    .into_html()
                }}
            </div>
        </section>
    }
}

#[component]
fn Sessions(sessions: Vec<OwnSession>) -> impl IntoView {
    let elsewhere = sessions.iter().any(|session| !session.is_here);
    view! {
        <Heading title="Your sessions" lead="The browsers in which you are signed in to this portal. Signed out here, a browser stays signed in to Microsoft; a push that was begun goes on, unless you pause it."/>
        <div class="card card--table">
            <table class="table table--stack table--hover">
                <caption class="sr-only">"Your sessions"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Browser"</th>
                        <th scope="col">"Signed in"</th>
                        <th scope="col">"Last used"</th>
                        <th scope="col"><span class="sr-only">"Sign out"</span></th>
                    </tr>
                </thead>
                <tbody>{sessions.into_iter().map(|session| view! { <Row session/> }).collect_view()}</tbody>
            </table>
        </div>
        {if elsewhere {
            view! {
                <form method="post" action=Form::EndOtherSessions.path()>
                    <p>
                        <label class="checkbox">
                            <input type="checkbox" name="pushes" value="on" autocomplete="off"/>
                            <span>"Pause my pushes as well: they forget the sign-in that they were given, and go on when I say so"</span>
                        </label>
                    </p>
                    <button type="submit" class="button" data-pending="Signing out">"Sign out everywhere else"</button>
                    <RefusalSlot form=Form::EndOtherSessions/>
                </form>
            }
            .into_html()
        } else {
            view! { <p class="secondary">"You are signed in nowhere else."</p> }.into_html()
        }}
    }
}

#[component]
fn Row(session: OwnSession) -> impl IntoView {
    let OwnSession { digest, agent, signed_in_at, used_at, is_here } = session;
    let browser = browser_name(&agent);
    let of = format!(" of {browser}");
    view! {
        <tr>
            <th scope="row" class="table__name" data-label="Browser">
                <span class="stacked">
                    <span>{browser}</span>
                    {is_here.then(|| view! { <span class="badge badge--ok"><Icon glyph=Glyph::Check/>"This one"</span> })}
                </span>
            </th>
            <td data-label="Signed in"><Moment at=signed_in_at/></td>
            <td data-label="Last used"><Moment at=used_at/></td>
            <td data-label="">
                {(!is_here).then(|| {
                    let digest = digest.to_string();
                    view! {
                        <form method="post" action=Form::EndSession.path()>
                            <input type="hidden" name="session" value=digest.clone()/>
                            <button type="submit" class="button button--small">"Sign out"<span class="sr-only">{of}</span></button>
                            <RefusalSlot form=Form::EndSession of=("session", digest)/>
                        </form>
                    }
                })}
            </td>
        </tr>
    }
}

/// `Firefox on Windows`. Browsers name others whose pages they can show, so that the order of the marks matters
/// (<https://developer.mozilla.org/docs/Web/HTTP/Browser_detection_using_the_user_agent>). What names none of them is shown
/// as it is.
fn browser_name(agent: &str) -> String {
    const BROWSERS: [(&str, &str); 7] = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("CrOS", "ChromeOS"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let named =
        |marks: &[(&str, &'static str)]| marks.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    match (named(&BROWSERS), named(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.into(),
        (None, _) if agent.trim().is_empty() => "A browser without a name".into(),
        (None, _) => agent.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_named_by_what_they_are_and_not_by_what_they_resemble() {
        for (agent, name) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
                "Chrome on Linux",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox on Windows"),
            ("curl/8.11.0", "curl/8.11.0"),
            (" ", "A browser without a name"),
        ] {
            assert_eq!(browser_name(agent), name, "{agent}");
        }
    }
}
