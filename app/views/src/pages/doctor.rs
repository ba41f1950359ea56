//! From an error text to its cause and cure. The paste is read in this browser and never sent; signed in, ids and
//! thumbprints from it are looked up in the directory.

mod fix;
mod held;
mod input;

use crate::authority::{PortalAuthority, use_authority};
use crate::browser;
use crate::components::findings_list::FindingsList;
use crate::components::header_comparison::HeaderComparisonView;
use crate::components::icon::{Glyph, Icon};
use crate::components::message_bar::{Intent, MessageBar};
use crate::components::page::{Heading, use_viewer};
use crate::components::notices::{ProblemBar, use_here};
use crate::components::sample_code::{Kit, Snippets};
use crate::components::verdict_view::{BestVerdict, OtherVerdicts};
use crate::data::people::Viewer;
use crate::data::problem::Problem;
use crate::data::search;
use crate::data::search::EvidenceView;
use crate::scene::use_now;
use crate::query::href;
use crate::route::Route;
use domain::certificate::Certificate;
use domain::doctor::assertion::AssertionHeader;
use domain::doctor::authority::Authority;
use domain::doctor::cloud::Cloud;
use domain::doctor::diagnosis::{Verdict, diagnose};
use domain::doctor::evidence::Evidence;
use domain::doctor::header::{HeaderComparison, compare};
use domain::doctor::paste::{Findings, recognise};
use domain::doctor::presented::Presented;
use domain::doctor::snippets::Target;
use domain::ids::AppId;
use domain::key_credential::{KeyCredential, KeyCredentials};
use domain::thumbprint::Thumbprint;
use fix::FixHere;
use input::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use time::OffsetDateTime;

/// What is asked of the directory: ids and thumbprints, and nothing else of the paste.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Question {
    app: Option<AppId>,
    thumbprints: Vec<Thumbprint>,
}

impl Question {
    fn of(findings: &Findings, app: Option<AppId>, certificate: Option<&Certificate>) -> Self {
        let message = findings.cause().and_then(|cause| cause.thumbprint);
        let header = findings.assertion().map(|assertion| &assertion.header);
        let of_header = header.into_iter().flat_map(|header| [header.x5t_presented(), header.x5t_s256_presented()]);
        let presented = message.into_iter().chain(of_header.flatten()).filter_map(|presented| presented.sha1);
        let alone = findings.thumbprints.iter().map(|found| found.value);
        let pasted = findings.certificates.iter().map(|found| found.value.certificate.sha1());
        let mut thumbprints: Vec<Thumbprint> = Vec::new();
        for thumbprint in presented.chain(alone).chain(pasted).chain(certificate.map(Certificate::sha1)) {
            if !thumbprints.contains(&thumbprint) && thumbprints.len() < 10 {
                thumbprints.push(thumbprint);
            }
        }
        Self { app: app.or_else(|| findings.app_id()), thumbprints }
    }

    fn is_empty(&self) -> bool {
        self.app.is_none() && self.thumbprints.is_empty()
    }

    async fn ask(self) -> Result<EvidenceView, Problem> {
        let app = self.app.map(|id| id.to_string()).unwrap_or_default();
        let thumbprints: Vec<_> = self.thumbprints.iter().map(Thumbprint::hex).collect();
        search::doctor_evidence(app, thumbprints.join(","), String::new()).await
    }
}

/// The directory's answer, and to which question.
type Answered = Option<(Question, Result<EvidenceView, Problem>)>;

#[component]
pub fn DoctorPage() -> impl IntoView {
    let viewer = use_viewer();
    view! {
        <Heading title="AADSTS700027 doctor" lead="Paste what Entra answered, and see the cause, the evidence and the cure. Everything is read in this browser."/>
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let viewer = viewer.await.ok().flatten().filter(Viewer::may_enter);
                view! { <Doctor viewer/> }
            })}
        </Transition>
    }
}

#[component]
fn Doctor(viewer: Option<Viewer>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let dropped = RwSignal::new(None::<Certificate>);
    let chosen_app = RwSignal::new(None::<AppId>);
    let answered: RwSignal<Answered> = RwSignal::new(None);
    let findings = Memo::new(move |_| recognise(&text.read()));
    let question = Memo::new(move |_| Question::of(&findings.read(), chosen_app.get(), dropped.read().as_ref()));
    let signed_in = viewer.is_some();

    Effect::new(move |_| {
        let question = question.get();
        if question.is_empty() || !signed_in {
            return answered.set(None);
        }
        spawn_local(async move {
            let asked = question.clone();
            let answer = question.ask().await;
            let asked_still = dropped.try_get_untracked().is_some()
                && Question::of(
                    &findings.get_untracked(),
                    chosen_app.get_untracked(),
                    dropped.get_untracked().as_ref(),
                ) == asked;
            // Meanwhile something else may have been pasted.
            if asked_still {
                answered.set(Some((asked, answer)));
            }
        });
    });

    if !signed_in {
        let keep = move || text.with_untracked(|text| dropped.with_untracked(|it| held::keep(text, it.as_ref())));
        Effect::new(move |_| browser::on_link_to(Route::SignIn.to_string(), keep));
    }
    let role = viewer.as_ref().map(Viewer::may_push);
    let known = StoredValue::new((viewer, use_authority()));
    let now = use_now();
    let judged = Memo::new(move |_| {
        let now = now;
        known.with_value(|(viewer, portal)| {
            Judged::of(&findings.read(), &answered.read(), dropped.get(), viewer.as_ref(), portal.as_ref(), now)
        })
    });
    let something = Memo::new(move |_| dropped.read().is_some() || !findings.read().is_empty);
    view! {
        <Input text dropped/>
        {move || something.get().then(|| view! {
            <div class="columns columns--side">
                <div class="columns__main"><Outcome judged role/></div>
                <aside class="columns__side">
                    <section class="card" aria-labelledby="read-title">
                        <div class="card__head"><h2 id="read-title">"What I read"</h2></div>
                        {move || {
                            let findings = findings.get();
                            if findings.found_nothing() && findings.oauth_error.is_none() {
                                view! { <p class="secondary card__text">"Nothing in the text was recognised."</p> }.into_any()
                            } else {
                                view! { <FindingsList findings/> }.into_any()
                            }
                        }}
                    </section>
                    <Directory signed_in question answered chosen_app/>
                </aside>
            </div>
            <CodeView judged/>
        })}
    }
}

/// What the directory was asked, and whether it answered.
#[component]
fn Directory(
    signed_in: bool,
    question: Memo<Question>,
    answered: RwSignal<Answered>,
    chosen_app: RwSignal<Option<AppId>>,
) -> impl IntoView {
    let here = use_here();
    let sign_in = move || href(&Route::SignIn.to_string(), [("return", here.get().as_str())]);
    let choose = move |event: leptos::ev::Event| chosen_app.set(event_target_value(&event).trim().parse().ok());
    let asked = move || {
        let question = question.get();
        let mut parts: Vec<String> = Vec::new();
        if question.app.is_some() {
            parts.push("the client id".into());
        }
        match question.thumbprints.len() {
            0 => {}
            1 => parts.push("the thumbprint".into()),
            many => parts.push(format!("{many} thumbprints")),
        }
        parts.join(" and ")
    };
    view! {
        <section class="card" aria-labelledby="directory-title">
            <div class="card__head"><h2 id="directory-title">"What the directory knows"</h2></div>
            {if signed_in {
                view! {
                    <div class="directory" role="status">
                        {move || {
                            let waiting = !question.read().is_empty() && answered.read().as_ref().is_none_or(|(of, _)| *of != *question.read());
                            match answered.get() {
                                _ if question.read().is_empty() => view! { <p class="secondary">"There is no id or thumbprint to look up yet."</p> }.into_any(),
                                _ if waiting => view! { <p class="secondary">"Looking it up"</p><progress class="progress" aria-label="Looking it up"></progress> }.into_any(),
                                Some((_, Err(problem))) => view! { <ProblemBar problem/> }.into_any(),
                                Some((_, Ok(view))) => view! { <Known view/> }.into_any(),
                                None => ().into_any(),
                            }
                        }}
                    </div>
                    <div class="field">
                        <label for="client-id">"Another client id"</label>
                        <input class="input input--mono" id="client-id" placeholder="If the paste has none" autocomplete="off" spellcheck="false" on:input=choose aria-describedby="client-id-hint"/>
                        <p class="field__hint" id="client-id-hint">{move || if question.read().is_empty() { "Only ids and thumbprints are looked up; the paste stays here.".to_owned() } else { format!("Sent for this: {}. The paste stays here.", asked()) }}</p>
                    </div>
                }
                .into_any()
            } else {
                view! {
                    <p class="card__text">"Signed in, the doctor also looks at the app’s keyCredentials, and finds which app holds the certificate. Only ids and thumbprints are sent for that, never the paste."</p>
                    <p class="actions"><a class="button" href=sign_in>"Sign in with Microsoft Entra"</a></p>
                    <p class="secondary">"You come back here with what you pasted: it waits in this tab, secrets masked, and is sent nowhere."</p>
                }
                .into_any()
            }}
        </section>
    }
}

#[component]
fn Known(view: EvidenceView) -> impl IntoView {
    let credentials = view.evidence.app_credentials.as_ref().map(KeyCredentials::len);
    view! {
        <dl class="facts facts--stacked">
            {view.app.map(|(object_id, _, name)| view! {
                <dt>"App"</dt>
                <dd><a href=Route::App(object_id).to_string()>{name}</a></dd>
            })}
            {credentials.map(|count| view! { <dt>"Its keyCredentials"</dt><dd>{if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }}</dd> })}
            {(!view.evidence.holders.is_empty()).then(|| view! {
                <dt>"The certificate is also on"</dt>
                <dd>{view.evidence.holders.iter().map(|holder| holder.name.clone()).collect::<Vec<_>>().join(", ")}</dd>
            })}
            {(!view.at_hand.is_empty()).then(|| view! {
                <dt>"Uploaded before"</dt>
                <dd>{view.at_hand.into_iter().map(|it| view! { <a href=Route::Certificate(it.sha256).to_string()>{it.subject}</a>" " }).collect_view()}</dd>
            })}
        </dl>
    }
}

/// All that is known, for the core.
fn evidence_of(answered: &Answered, dropped: Option<Certificate>, now: OffsetDateTime) -> Evidence {
    let mut evidence = match answered {
        Some((_, Ok(view))) => view.evidence.clone(),
        _ => Evidence::at(now),
    };
    if let Some(certificate) = dropped {
        evidence.certificate = Some(certificate);
    }
    evidence
}

/// The certificate that the header should name: the one that it means; else the one at hand. Where nothing can be told
/// from the header, the one on the app that lasts longest.
fn expected(findings: &Findings, evidence: &Evidence) -> Option<Certificate> {
    let at_hand = evidence.certificate.iter().chain(findings.certificates.iter().map(|found| &found.value.certificate));
    let pasted = findings.credentials.first().map(|found| &found.value.credentials);
    let credentials = evidence.app_credentials.as_ref().or(pasted);
    let registered = || {
        let verifying = credentials.into_iter().flatten().filter(|entry| entry.is_for_sign_in());
        verifying.filter_map(KeyCredential::certificate)
    };
    let header = findings.assertion().map(|assertion| &assertion.header);
    let of_header = header.into_iter().flat_map(|header| [header.x5t_presented(), header.x5t_s256_presented()]);
    let presented: Vec<Presented> =
        of_header.flatten().chain(findings.cause().and_then(|cause| cause.thumbprint)).collect();
    let meant = |it: &&Certificate| presented.iter().any(|presented| presented.means(it.sha1(), it.sha256()));
    let understood = presented.iter().any(|presented| presented.sha1.is_some() || presented.sha256.is_some());
    at_hand
        .clone()
        .chain(registered())
        .find(meant)
        .or_else(|| at_hand.clone().next())
        .or_else(|| registered().filter(|_| !understood).max_by_key(|it| it.facts().not_after))
        .cloned()
}

/// Where the code signs in: as far as it is known. A cloud that the paste names is the app's; else it is the portal's.
fn code(
    viewer: Option<&Viewer>,
    portal: Option<&PortalAuthority>,
    findings: &Findings,
    evidence: &Evidence,
    certificate: &Certificate,
) -> Option<Code> {
    let app = evidence.app_id.or_else(|| findings.app_id())?;
    let any = ["common", "organizations", "consumers"];
    let tenant =
        findings.tenants.iter().map(|found| found.value.clone()).find(|tenant| !any.contains(&tenant.as_str()));
    let tenant = tenant.or_else(|| evidence.tenant.clone()).or_else(|| viewer.map(|it| it.tenant_id.to_string()))?;
    let (for_scripts, for_libraries) =
        match (findings.hosts.iter().find_map(|host| Cloud::of_host(&host.value)).map(Authority::of), portal) {
            (None, Some(portal)) => (portal.authority.clone(), portal.for_libraries().clone()),
            (pasted, _) => {
                let authority = pasted.unwrap_or_else(|| Authority::of(Cloud::Global));
                (authority.clone(), authority)
            }
        };
    let facts = certificate.facts();
    let name = facts.common_name.as_ref().unwrap_or(&facts.subject);
    let for_scripts = Target::new(app, &tenant, for_scripts, facts.sha1, facts.sha256).ok()?;
    Some(Code {
        for_libraries: for_scripts.clone().at(for_libraries),
        for_scripts,
        certificate: format!("{name}, {}", facts.sha1.grouped_hex()),
    })
}

/// What code and scripts are filled in with.
#[derive(Debug, Clone, PartialEq)]
struct Code {
    for_scripts: Target,
    for_libraries: Target,
    /// In words.
    certificate: String,
}

/// Everything that the page shows about a paste.
#[derive(Debug, Clone, PartialEq)]
struct Judged {
    best: Verdict,
    others: Vec<Verdict>,
    comparison: Option<HeaderComparison>,
    code: Option<Code>,
    view: Option<EvidenceView>,
    /// Certificates in this browser.
    held: Vec<Certificate>,
    shortened: bool,
}

impl Judged {
    fn of(
        findings: &Findings,
        answered: &Answered,
        dropped: Option<Certificate>,
        viewer: Option<&Viewer>,
        portal: Option<&PortalAuthority>,
        now: OffsetDateTime,
    ) -> Self {
        let evidence = evidence_of(answered, dropped, now);
        let mut others = diagnose(findings, &evidence);
        let best = others.remove(0);
        let certificate = expected(findings, &evidence);
        let names_one = |header: &AssertionHeader| header.alg.is_some() || !header.names_no_certificate();
        let header = findings.assertion().map(|assertion| &assertion.header).filter(|header| names_one(header));
        let held = findings.certificates.iter().map(|found| &found.value.certificate);
        Self {
            comparison: certificate.as_ref().zip(header).map(|(certificate, header)| compare(certificate, header)),
            code: certificate.as_ref().and_then(|it| code(viewer, portal, findings, &evidence, it)),
            held: evidence.certificate.iter().chain(held).cloned().collect(),
            view: answered.as_ref().and_then(|(_, answer)| answer.clone().ok()),
            shortened: findings.shortened,
            best,
            others,
        }
    }
}

#[component]
fn Outcome(judged: Memo<Judged>, role: Option<bool>) -> impl IntoView {
    view! {
        <p class="sr-only" role="status">{move || format!("Most likely cause: {}", judged.read().best.title)}</p>
        {move || {
            let Judged { best, others, comparison, view, held, shortened, .. } = judged.get();
            let fix = best.fix.clone();
            view! {
                <BestVerdict verdict=best><FixHere fix view held role/></BestVerdict>
                {comparison.map(|comparison| view! {
                    <section class="card card--table" aria-labelledby="header-title">
                        <div class="card__head"><h2 id="header-title">"The assertion’s header, byte by byte"</h2></div>
                        <HeaderComparisonView comparison/>
                    </section>
                })}
                <OtherVerdicts verdicts=others/>
                {shortened.then(|| view! { <MessageBar intent=Intent::Warning title="The paste is longer than 256 KiB; what follows was not read"/> })}
            }
        }}
    }
}

#[component]
fn CodeView(judged: Memo<Judged>) -> impl IntoView {
    let code = Memo::new(move |_| judged.read().code.clone());
    move || {
        match code.get() {
        Some(Code { for_scripts, for_libraries, certificate }) => view! {
            <section class="card" aria-labelledby="code-title">
                <div class="card__head"><h2 id="code-title">"Code that gets it right"</h2></div>
                <p class="card__text secondary">{format!("Filled in for this app and the certificate {certificate}. Each program checks first that it has loaded that one.")}</p>
                <Snippets libraries=for_libraries scripts=for_scripts.clone()/>
            </section>
            <section class="card" aria-labelledby="kit-title">
                <div class="card__head"><h2 id="kit-title">"Proof kit"</h2></div>
                <p class="card__text secondary">"Run it beside the private key, and paste its output above. It prints neither the key nor a token."</p>
                <Kit target=for_scripts/>
            </section>
        }
        .into_any(),
        None => view! {
            <p class="secondary hint"><Icon glyph=Glyph::Info/><span>"With the certificate, the client id and the tenant known, corrected code for MSAL and a proof kit appear here. Add the certificate above, or paste more."</span></p>
        }
        .into_any(),
    }
    }
}
